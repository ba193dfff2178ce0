"""Cross-validation on the small corpus: every fold once, nothing twice."""

import dataclasses
import json
import shutil

import numpy as np
import pandas as pd
import pytest

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.experiments import cross_validation, libraries
from satn_keras.experiments.cross_validation import (
    CrossValidation,
    cross_validate,
    summarize_folder,
)
from satn_keras.experiments.heard import heard_by
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.students import Student
from tests.experiments.test_experiment import with_values


@pytest.fixture(scope="module")
def config(small_config):
    return with_values(
        small_config, transfer={"weight": 0.0}, student_training={"epochs": 1}
    )


@pytest.fixture(scope="module")
def crossed(config, tmp_path_factory):
    """Two folds of two seeds, and the lines that were told."""
    path, lines = tmp_path_factory.mktemp("crossed") / "whole", []
    plan = CrossValidation(config, path, seeds=(1, 2), fold_names=("anna", "eva"))
    return cross_validate(plan, tell=lines.append), path, lines


def read(path, name):
    return json.loads((path / name).read_text(encoding="utf-8"))


def test_each_fold_and_seed_is_a_run_of_its_own(crossed):
    metrics, path, lines = crossed
    assert metrics["folds"] == ["anna", "eva"] and metrics["seeds"] == [1, 2]
    for seed in (1, 2):
        for fold in ("anna", "eva"):
            split = read(path / f"seed-{seed}" / fold, "split.json")
            assert [name for _, name in split["speakers"]["test"]] == [fold]
    assert len(lines) == 4
    assert lines[0].startswith(f"{path / 'seed-1' / 'anna'}: test ua ")


def test_every_figure_says_which_part_it_came_from(crossed):
    _, path, _ = crossed
    assert read(path / "seed-1" / "anna", "protocol.json") == {
        "validation.ua": "validation",
        **dict.fromkeys(("ua", "wa", "macro_f1"), "test"),
    }


def test_the_division_is_the_same_for_every_seed(crossed):
    _, path, _ = crossed
    hashes = {
        read(path / f"seed-{seed}" / "eva", "split.json")["sha256"] for seed in (1, 2)
    }
    assert len(hashes) == 1


def test_the_pooled_predictions_are_those_of_the_runs(crossed):
    _, path, _ = crossed
    table = pd.read_csv(path / "predictions.csv")
    assert table.groupby(["seed", "fold"]).size().tolist() == [6, 6, 6, 6]
    single = pd.read_csv(path / "seed-2" / "eva" / "predictions.csv")
    ours = table[(table["seed"] == 2) & (table["fold"] == "eva")]
    assert ours["key"].tolist() == single["key"].tolist()
    np.testing.assert_allclose(ours["angry"], single["angry"])


def test_reports_and_pictures_are_written(crossed):
    _, path, _ = crossed
    text = (path / "report.md").read_text()
    assert "mean and deviation of 2 folds" in text
    for name in ("confusion", "mean_confusion", "reliability", "learning_curves"):
        assert (path / "figures" / f"{name}.png").exists()
    page = (path / "report.html").read_text()
    assert page.count("data:image/png;base64,") >= 4
    assert "http" not in page.replace("http-equiv", "")


def test_finished_folds_are_not_run_again(crossed, config, monkeypatch):
    metrics, path, _ = crossed
    monkeypatch.setattr(Student, "train", lambda *args: pytest.fail("trained"))
    plan = CrossValidation(config, path, seeds=(1, 2), fold_names=("anna", "eva"))
    assert cross_validate(plan, tell=len) == metrics


def test_a_fold_more_is_run_alone(crossed, config, tmp_path, monkeypatch):
    shutil.copytree(crossed[1], tmp_path / "whole")
    trained = []

    def run_student(run_config, path, *args):
        trained.append((run_config.seed, path.name))
        raise ProtocolError("stop")

    monkeypatch.setattr(cross_validation, "run_student", run_student)
    plan = CrossValidation(
        config, tmp_path / "whole", seeds=(1,), fold_names=("anna", "bert")
    )
    with pytest.raises(ProtocolError, match="stop"):
        cross_validate(plan, tell=len)
    assert trained == [(1, "bert")]


def test_a_finished_fold_of_other_speech_is_refused(crossed, config, tmp_path):
    shutil.copytree(crossed[1], tmp_path / "whole")
    file = tmp_path / "whole" / "seed-1" / "anna" / "split.json"
    split = json.loads(file.read_text())
    file.write_text(json.dumps({**split, "sha256": "of another manifest"}))
    plan = CrossValidation(config, tmp_path / "whole", seeds=(1,), fold_names=("anna",))
    with pytest.raises(ProtocolError, match="the teacher have changed since"):
        cross_validate(plan, tell=len)


@pytest.mark.parametrize("name", ["split.json", "weights.json"])
def test_a_folder_of_another_kind_is_refused(config, tmp_path, name):
    (tmp_path / name).write_text("{}")
    with pytest.raises(ConfigError, match="this folder holds"):
        cross_validate(CrossValidation(config, tmp_path), tell=len)


def test_a_missing_library_shows_before_anything_is_read(
    small_config, tmp_path, monkeypatch
):
    find = libraries.importlib.util.find_spec
    monkeypatch.setattr(
        libraries.importlib.util,
        "find_spec",
        lambda name: None if name == "hmmlearn" else find(name),
    )
    values = {**small_config.model_dump(), "system": {"name": "gmm_hmm"}}
    values["transfer"] = {"weight": 0.0}
    config = ExperimentConfig.model_validate(values)
    with pytest.raises(ImportError, match=r"gmm_hmm needs hmmlearn, .*\[baselines\]"):
        cross_validate(CrossValidation(config, tmp_path / "out"), tell=len)
    assert not (tmp_path / "out").exists()


def test_a_seed_without_all_folds_is_not_in_the_mean(crossed, config, tmp_path):
    shutil.copytree(crossed[1], tmp_path / "whole")
    shutil.rmtree(tmp_path / "whole" / "seed-2" / "anna")
    metrics = summarize_folder(tmp_path / "whole")
    alone = [run["ua"] for run in metrics["runs"] if run["seed"] == 1]
    assert metrics["seeds_in_mean"] == [1]
    assert metrics["test_mean"]["ua"]["mean"] == pytest.approx(sum(alone) / 2)
    text = (tmp_path / "whole" / "report.md").read_text()
    assert "Seed 2 has not run every fold" in text


def test_each_fold_s_teacher_never_hears_its_test_speaker(small_config, tmp_path):
    config = with_values(
        small_config,
        student_training={"epochs": 1},
        teacher_training={"epochs": 1, "curriculum_epochs": 0},
    )
    plan = CrossValidation(config, tmp_path, fold_names=("bert",))
    metrics = cross_validate(plan, tell=len)
    teacher = RunDirectory.open(tmp_path / "teachers" / "bert")
    assert "bert" not in {name for _, name in heard_by(teacher)}
    student = RunDirectory.open(tmp_path / "seed-3" / "bert")
    split = student.read_json("split.json")
    assert split["teacher"] == teacher.fingerprint("teacher.keras")
    assert metrics["folds"] == ["bert"]


def test_a_teacher_that_heard_a_test_speaker_is_refused(
    small_config, teacher_run, tmp_path
):
    # The small teacher was trained on all but eva.
    plan = CrossValidation(
        small_config, tmp_path, fold_names=("anna",), teacher=teacher_run
    )
    with pytest.raises(ProtocolError, match=r"test speakers \(anna\)"):
        cross_validate(plan, tell=len)


def test_sentences_kept_apart_ask_for_a_teacher_from_elsewhere(
    small_config, small_manifest, tmp_path
):
    lines = (
        dataclasses.replace(one, sentence=str(number % 3))
        for number, one in enumerate(Manifest.read(small_manifest))
    )
    Manifest(lines).write(tmp_path / "m.csv")
    config = with_values(
        small_config,
        data={"emotions": str(tmp_path / "m.csv")},
        protocol={
            "folds": "speaker_sentence_folds",
            "num_folds": 3,
            "sentence_groups": 3,
        },
    )
    with pytest.raises(ProtocolError, match="teacher from elsewhere"):
        cross_validate(CrossValidation(config, tmp_path / "out"), tell=len)


def test_another_recipe_in_the_same_folder_is_refused(crossed, config):
    _, path, _ = crossed
    other = with_values(config, student={"dropout": 0.5})
    with pytest.raises(ConfigError, match="another recipe"):
        cross_validate(CrossValidation(other, path), tell=len)


def test_a_system_of_another_kind_has_no_weight_of_transfer():
    config = ExperimentConfig.model_validate({"system": {"name": "gmm_hmm"}})
    assert config.transfer.weight == 0
    assert not config.transfer.needs_teacher
