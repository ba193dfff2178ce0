"""Whole runs that train on everybody but the test speakers."""

import dataclasses
import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError
from satn_keras.experiments.backup import Backup
from satn_keras.experiments.cross_validation import CrossValidation, cross_validate
from satn_keras.experiments.development import develop
from satn_keras.experiments.experiment import run_student
from satn_keras.experiments.folds import make_folds
from satn_keras.experiments.inner_training import train_and_score
from satn_keras.experiments.reevaluation import evaluate_run
from satn_keras.experiments.weight_choice import choose_weights
from tests.experiments.test_experiment import with_values

EPOCHS = 2
REGULARISERS = {
    "label_smoothing": 0.1,
    "weight_decay": 0.1,
    "weight_averaging": 0.5,
}


@pytest.fixture(scope="module")
def config(small_config):
    return with_values(
        small_config,
        data={"validation_speakers": 0},
        protocol={"validation_speakers": 0},
        student_training={"epochs": EPOCHS, "selection": "last", **REGULARISERS},
        transfer={"weight": 0.0},
    )


@pytest.fixture(scope="module")
def run(config, tmp_path_factory):
    path = tmp_path_factory.mktemp("last") / "run"
    run_student(config, path)
    return path


def read(path, name):
    return json.loads((path / name).read_text(encoding="utf-8"))


def names(split, part):
    return [name for _, name in split["speakers"][part]]


def test_all_but_the_test_speaker_train(run):
    split = read(run, "split.json")
    assert names(split, "train") == ["anna", "bert", "cora", "dirk"]
    assert names(split, "validation") == [] and split["validation"] == []
    assert names(split, "test") == ["eva"]


def test_no_figure_is_of_a_validation_part(run):
    assert set(read(run, "protocol.json").values()) == {"test"}
    metrics = read(run, "metrics.json")
    assert "validation" not in metrics
    assert metrics["selected"] == {"epoch": EPOCHS, "selection": "last"}
    columns = pd.read_csv(run / "history.csv").columns
    assert not [name for name in columns if name.startswith("val_")]
    assert not (run / "predictions_validation.csv").exists()


def test_the_report_says_that_nothing_was_chosen(run):
    text = (run / "report.md").read_text(encoding="utf-8")
    assert f"those of the last epoch, {EPOCHS}: the recipe fixes the epochs" in text
    assert "was chosen by" not in text
    assert (run / "figures" / "learning_curves.png").stat().st_size > 0


def test_the_run_can_be_evaluated_and_repeated(run, config):
    before = (run / "predictions.csv").read_bytes()
    scores, *_ = evaluate_run(run, None, None)
    assert scores.ua == pytest.approx(read(run, "metrics.json")["ua"])
    run_student(config, run)
    assert (run / "predictions.csv").read_bytes() == before


def test_an_interrupted_run_ends_as_one_that_was_not(
    run, config, tmp_path, monkeypatch
):
    save = Backup.on_epoch_end

    def interrupt(self, epoch, logs=None):
        save(self, epoch, logs)
        raise KeyboardInterrupt

    monkeypatch.setattr(Backup, "on_epoch_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_student(config, tmp_path)
    monkeypatch.undo()
    run_student(config, tmp_path)
    for name in ("history.csv", "predictions.csv"):
        assert (tmp_path / name).read_text() == (run / name).read_text()


def test_a_recipe_that_chooses_an_epoch_is_refused_before_anything_is_written(
    config, tmp_path
):
    choosing = with_values(config, student_training={"selection": "ua"})
    with pytest.raises(ConfigError, match=r"data\.validation_speakers: .* empty"):
        run_student(choosing, tmp_path / "run")
    plan = CrossValidation(choosing, tmp_path / "whole")
    with pytest.raises(ConfigError, match=r"protocol\.validation_speakers: .* empty"):
        cross_validate(plan, tell=len)
    assert not list(tmp_path.iterdir())


def test_a_cross_validation_has_no_development_figures(config, tmp_path):
    lines = []
    plan = CrossValidation(config, tmp_path / "whole", fold_names=("anna", "eva"))
    metrics = cross_validate(plan, tell=lines.append)
    assert "validation_mean" not in metrics
    assert not any(", validation " in line for line in lines)
    for fold in ("anna", "eva"):
        split = read(tmp_path / "whole" / "seed-3" / fold, "split.json")
        assert len(names(split, "train")) == 4 and not names(split, "validation")
    text = (tmp_path / "whole" / "report.md").read_text(encoding="utf-8")
    assert "those of the last epoch, without a choice" in text
    cells = [
        [cell.strip() for cell in line.split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    header = next(row for row in cells if "dev ua" in row)
    rows = [row for row in cells if row[1:3] in (["3", "anna"], ["3", "eva"])]
    assert [row[header.index("dev ua")] for row in rows] == ["-", "-"]


def test_no_weight_is_chosen_where_there_is_nothing_to_choose_by(config, tmp_path):
    plan = CrossValidation(config, tmp_path / "whole")
    with pytest.raises(ConfigError, match="--weight: fold 'anna' has no validation"):
        choose_weights(plan, [0.0, 0.5], tell=len)
    assert not (tmp_path / "whole").exists()


def test_a_search_trains_on_all_but_the_scoring_speaker(config, tmp_path):
    found = develop(config, choice="last")
    figures = train_and_score(config, found, found.folds[0], tmp_path / "run")
    assert figures["epoch"] == EPOCHS and 0 <= figures["ua"] <= 1


def test_a_teacher_keeps_its_validation_speakers_where_the_student_has_none(
    small_recipe, tmp_path
):
    words = [
        *("train", str(small_recipe), "data.validation_speakers=0"),
        *("student_training.selection=last", "student_training.epochs=1"),
        *("teacher_training.epochs=1", "--task", "both", "--out", str(tmp_path)),
    ]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.output
    taught = read(tmp_path / "teacher", "split.json")
    assert len(names(taught, "validation")) == 1
    assert names(taught, "test") == ["eva"]
    student = read(tmp_path / "student", "split.json")
    assert len(names(student, "train")) == 4 and not names(student, "validation")


@pytest.mark.parametrize(
    ("protocol", "training"),
    [
        ({"folds": "speaker_folds", "num_folds": 2}, {2, 3}),
        ({"folds": "leave_one_speaker_out"}, {4}),
        (
            {
                "folds": "speaker_sentence_folds",
                "num_folds": 2,
                "sentence_groups": 3,
            },
            {2, 3},
        ),
    ],
)
def test_all_speakers_of_a_fold_train_but_the_tested_ones(
    config, small_manifest, protocol, training
):
    lines = Manifest(
        dataclasses.replace(one, sentence=str(number % 3))
        for number, one in enumerate(Manifest.read(small_manifest))
    )
    settings = with_values(config, protocol=protocol).protocol
    folds = make_folds(lines, settings, seed=1)
    assert {len(fold.train.speakers) for fold in folds} == training
    for fold in folds:
        assert not len(fold.validation)
        assert set(fold.train.speakers).isdisjoint(fold.test.speakers)
