"""`satn cross-validate`: options and mistakes; the work is tested with its module."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.corpora import Manifest

FAST = ("student_training.epochs=1", "transfer.weight=0")


def cross_validate(*words):
    return CliRunner().invoke(app, ["cross-validate", *map(str, words)])


def test_a_fold_is_run_and_told(small_recipe, tmp_path):
    answer = cross_validate(
        small_recipe, *FAST, "--fold", "cora", "--out", tmp_path / "out"
    )
    assert answer.exit_code == 0, answer.output
    assert f"{tmp_path / 'out'}: mean test ua " in answer.stdout
    assert "over 1 folds" in answer.stdout
    assert (tmp_path / "out" / "seed-3" / "cora" / "metrics.json").exists()


def test_an_unknown_fold_is_one_line(small_recipe, tmp_path):
    answer = cross_validate(small_recipe, *FAST, "--fold", "x", "--out", tmp_path / "o")
    assert answer.exit_code == 2
    assert answer.stderr.startswith("satn: fold 'x': there is none")
    assert not (tmp_path / "o").exists()


def test_a_weight_is_for_systems_that_copy(small_recipe, tmp_path):
    answer = cross_validate(
        small_recipe,
        *("system.name=gmm_hmm", "transfer.weight=0"),
        *("--weight", "0.1", "--out", tmp_path / "o"),
    )
    assert answer.exit_code == 2
    assert "copies no teacher" in answer.stderr


@pytest.mark.slow  # pitch and formants of the small corpus
def test_the_best_recipe_judges_a_corpus_of_two_speakers(small_manifest, tmp_path):
    two = Manifest.read(small_manifest).where(speaker=["anna", "dirk"])
    two.write(tmp_path / "two.csv")
    answer = cross_validate(
        f"data.emotions={tmp_path}/two.csv",
        *("student_training.epochs=1", "--out", tmp_path / "out"),
    )
    assert answer.exit_code == 0, answer.output
    assert "over 2 folds" in answer.stdout
    assert (tmp_path / "out" / "report.html").exists()
    table = pd.read_csv(tmp_path / "out" / "predictions.csv")
    assert sorted(table["key"]) == sorted(two.keys)
