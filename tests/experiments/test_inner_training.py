"""Trainings on inner folds: what they hear, keep and go on from."""

import dataclasses
import json
import pathlib
import shutil

import pytest

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError
from satn_keras.experiments import inner_training as module
from satn_keras.experiments.development import develop
from satn_keras.experiments.inner_training import train_and_score
from tests.support.planted_search import changed
from tests.support.small_corpus import write_corpus


@pytest.fixture(scope="module")
def scored(small_config, tmp_path_factory):
    """Development, config, run folder and figures of one training.

    The test speaker's sound is gone before it begins.
    """
    folder = tmp_path_factory.mktemp("scored")
    manifest = write_corpus(folder / "corpus")
    config = changed(
        small_config, data={"emotions": str(manifest)}, transfer={"weight": 0.0}
    )
    found = develop(config)
    for sound in (folder / "corpus" / "audio").glob("eva_*"):
        sound.unlink()
    figures = train_and_score(config, found, found.folds[0], folder / "run")
    return found, config, folder / "run", figures


def test_a_training_is_scored_without_the_sound_of_the_test_speakers(scored):
    _, _, path, figures = scored
    assert 0 <= figures["ua"] <= 1
    assert figures["epoch"] in (1, 2)
    assert json.loads((path / "score.json").read_text()) == figures


def test_a_scored_training_leaves_no_model(scored):
    assert {each.name for each in scored[2].iterdir()} == set(module.KEPT)


def test_a_scored_training_is_not_run_again(scored, monkeypatch):
    found, config, path, figures = scored
    monkeypatch.setattr(module, "system_class", None)
    assert train_and_score(config, found, found.folds[0], path) == figures


def test_the_scoring_speakers_choose_no_epoch(scored, tmp_path):
    # With other labels of theirs the score may be another, but every epoch's
    # figures, and so the one that is chosen, stay as they are.
    found, config, path, figures = scored
    fold = found.folds[0]
    other = {"angry": "sad", "sad": "happy", "happy": "angry"}
    relabelled = Manifest(
        dataclasses.replace(each, label=other[each.label]) for each in fold.scoring
    )
    fold = dataclasses.replace(fold, scoring=relabelled)
    again = train_and_score(config, found, fold, tmp_path / "run")
    assert again["epoch"] == figures["epoch"]
    history = tmp_path / "run" / "history.csv"
    assert history.read_text() == (path / "history.csv").read_text()


@pytest.fixture(scope="module")
def short(scored, tmp_path_factory):
    """Run folder of the same training with one epoch of its two."""
    found, config, _, _ = scored
    path = tmp_path_factory.mktemp("short") / "run"
    one_epoch = changed(config, student_training={"epochs": 1})
    train_and_score(one_epoch, found, found.folds[0], path, resumable=True)
    return path


def test_more_epochs_go_on_from_fewer_as_if_never_interrupted(scored, short, tmp_path):
    found, config, path, figures = scored
    fold = found.folds[0]
    again = train_and_score(config, found, fold, tmp_path / "on", earlier=short)
    assert {**again, "seconds": 0} == {**figures, "seconds": 0}
    history = tmp_path / "on" / "history.csv"
    assert history.read_text() == (path / "history.csv").read_text()
    assert len(history.read_text().splitlines()) == 3  # a header and two epochs


def test_a_process_that_is_killed_while_it_takes_over_a_training_does_it_again(
    scored, short, tmp_path, monkeypatch
):
    found, config, path, _ = scored
    arguments = (config, found, found.folds[0], tmp_path / "on", None, short)

    def die(source, target, **options):
        """Killed with a part of the folder copied."""
        part = pathlib.Path(target, "backup", "epoch_1_batch_0")
        part.mkdir(parents=True)
        raise KeyboardInterrupt

    monkeypatch.setattr(module.shutil, "copytree", die)
    with pytest.raises(KeyboardInterrupt):
        train_and_score(*arguments)
    monkeypatch.undo()
    train_and_score(*arguments)
    history = tmp_path / "on" / "history.csv"
    assert history.read_text() == (path / "history.csv").read_text()


def test_what_a_process_left_that_was_killed_after_the_score_is_removed(
    scored, tmp_path
):
    found, config, path, figures = scored
    copy = shutil.copytree(path, tmp_path / "run")
    (copy / "student.keras").touch()
    (copy / "checkpoints").mkdir()
    assert train_and_score(config, found, found.folds[0], copy) == figures
    assert {each.name for each in copy.iterdir()} == set(module.KEPT)


def test_a_system_that_trains_on_validation_needs_a_choice_apart(
    small_manifest, tmp_path
):
    config = ExperimentConfig.model_validate(
        {
            "data": {"emotions": str(small_manifest), "test_speakers": ["eva"]},
            "system": {"name": "functionals_svm", "train_on_validation": True},
        }
    )
    found = develop(config, choice="same")
    with pytest.raises(ConfigError, match="would be trained on"):
        train_and_score(config, found, found.folds[0], tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_copying_trial_hears_the_teacher(small_config, teacher_run, tmp_path):
    copy = tmp_path / "teacher"
    shutil.copytree(teacher_run, copy)
    found = develop(small_config, teacher=copy)
    fold = found.folds[0]
    figures = train_and_score(small_config, found, fold, tmp_path / "run")
    history = (tmp_path / "run" / "history.csv").read_text()
    assert "transfer" in history.splitlines()[0]
    assert json.loads((tmp_path / "run" / "score.json").read_text()) == figures
