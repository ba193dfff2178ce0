"""`satn tune`: a small search that trains, and one line for each mistake."""

import json

import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.config import ExperimentConfig
from tests.tuning.planted_plans import WARNINGS

pytestmark = [pytest.mark.filterwarnings(warning) for warning in WARNINGS]


def tune(*words):
    return CliRunner().invoke(app, ["tune", *map(str, words)])


def test_a_search_trains_tells_and_writes_a_recipe_to_train_by(small_recipe, tmp_path):
    answer = tune(
        *(small_recipe, "transfer.weight=0", "student_training.epochs=1"),
        *("--search", "student_training.learning_rate=0.000001,0.02"),
        *("--trials", "2", "--inner-folds", "2", "--choice", "same"),
        *("--no-prune", "--out", tmp_path / "out"),
    )
    assert answer.exit_code == 0, answer.output
    lines = [line for line in answer.stdout.splitlines() if line.startswith("trial ")]
    assert len(lines) == 2
    assert all("over 2 of 2 folds" in line for line in lines)
    assert f"{tmp_path / 'out'}: best development ua 0." in answer.stdout
    best = ExperimentConfig.from_yaml(tmp_path / "out" / "best.yaml")
    assert best.student_training.learning_rate in (0.000001, 0.02)
    assert best.data.test_speakers == ("eva",)
    scores = [
        json.loads(path.read_text()) for path in (tmp_path / "out").rglob("score.json")
    ]
    assert len(scores) == 4
    record = json.loads((tmp_path / "out" / "search.json").read_text())
    assert record["kept_out"] == ["eva"]
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--search", "transfer.wieght=0,1"], "Did you mean 'weight'?"),
        (["--search", "seed=1,2"], "nothing that decides whom it hears"),
        (["--worker", "a"], "say where the chief listens"),
        (["--trials", "0"], "--trials must be at least 1"),
        (["--prune-margin", "2"], "--prune-margin must be above 0"),
        (["--space", "no-such.yaml"], "no-such.yaml: no such recipe"),
        ([], "Give its run with --teacher"),
        (["--fold", "xaver", "--search", "transfer.weight=0,1"], "fold 'xaver'"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(small_recipe, tmp_path, words, told):
    answer = tune(small_recipe, "--out", tmp_path / "out", *words)
    assert answer.exit_code == 2, answer.output
    assert answer.stderr.startswith("satn: ")
    assert told in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_nobody_chooses_where_the_recipe_keeps_the_last_epoch(small_recipe, tmp_path):
    answer = tune(
        *(small_recipe, "transfer.weight=0", "student_training.epochs=1"),
        *("student_training.selection=last", "data.validation_speakers=0"),
        *("--search", "student_training.weight_averaging=0.5,0.9", "--trials", "1"),
        *("--inner-folds", "2", "--no-prune", "--out", tmp_path / "out"),
    )
    assert answer.exit_code == 0, answer.output
    record = json.loads((tmp_path / "out" / "search.json").read_text())
    assert record["choice"] == "last"
    for fold in record["inner_folds"]:
        assert len(fold["train"]) == 2 and fold["choice"] == []
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "chosen by nobody: the last one is kept" in text
