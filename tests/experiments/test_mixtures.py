"""Whole trainings on mixtures of utterances, as a recipe asks for them."""

import json

import pandas as pd
import pytest
from pydantic import ValidationError

from satn_keras.experiments.backup import Backup
from satn_keras.experiments.experiment import run_student
from tests.experiments.test_experiment import with_values

SETTINGS = {"mixup": 0.5, "class_weights": "balanced", "label_smoothing": 0.1}


def test_a_copying_student_learns_from_mixtures_and_is_validated_on_speech(
    small_config, teacher_run, tmp_path
):
    config = with_values(small_config, student_training={"epochs": 1, **SETTINGS})
    run_student(config, tmp_path / "run", teacher_run)
    history = pd.read_csv(tmp_path / "run" / "history.csv")
    assert {"transfer_loss", "val_ua", "ua"} <= set(history.columns)
    assert 0 <= history["ua"][0] <= 1
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert metrics["validation"]["ua"] == pytest.approx(history["val_ua"][0], abs=1e-6)


def test_a_run_on_mixtures_ends_as_an_undisturbed_one(
    small_config, tmp_path, monkeypatch
):
    config = with_values(
        small_config, transfer={"weight": 0.0}, student_training=SETTINGS
    )
    run_student(config, tmp_path / "undisturbed")
    save = Backup.on_epoch_end

    def interrupt(self, epoch, logs=None):
        save(self, epoch, logs)
        raise KeyboardInterrupt

    monkeypatch.setattr(Backup, "on_epoch_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_student(config, tmp_path / "interrupted")
    monkeypatch.undo()
    run_student(config, tmp_path / "interrupted")
    for name in ("history.csv", "predictions.csv"):
        found = (tmp_path / "interrupted" / name).read_text()
        assert found == (tmp_path / "undisturbed" / name).read_text()


def test_a_mixture_has_no_partner_to_copy(small_config):
    with pytest.raises(ValidationError, match="whose map should a mixture copy"):
        with_values(
            small_config,
            transfer={"control": "other_utterance"},
            student_training={"mixup": 0.2},
        )
