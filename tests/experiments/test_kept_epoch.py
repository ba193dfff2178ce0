"""The last epoch is kept without a choice, however often training was interrupted."""

import csv

import keras
import numpy as np
import pytest

from satn_keras.config import StudentTrainingConfig
from satn_keras.experiments.checkpoints import BestEpoch
from satn_keras.experiments.fitting import make_optimizer
from satn_keras.experiments.kept_epoch import LastEpoch, kept_epoch
from satn_keras.experiments.replica_fitting import fit_replicas
from satn_keras.experiments.run_directory import RunDirectory
from tests.experiments.test_fitting import KillAfter, batches, validation

EPOCHS, STEPS = 3, 2


def line():
    layers = [keras.Input((3,)), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    return keras.Sequential(layers)


def train(path, callbacks=(), held_out=None):
    """Model and record after a training without a choice."""
    path.mkdir(exist_ok=True)
    keras.utils.set_random_seed(1)
    settings = StudentTrainingConfig(
        epochs=EPOCHS, learning_rate=0.01, selection="last", backup_batches=1
    )
    model = line()
    model.compile(make_optimizer(settings), "mse", run_eagerly=True)
    run = RunDirectory(path)
    run.checkpoints.mkdir(exist_ok=True)
    record = fit_replicas(
        *(model, batches(STEPS), held_out, settings, path),
        kept_epoch(model, settings, run),
        callbacks,
    )
    return model, record


def test_the_weights_at_the_end_are_those_of_the_last_step(tmp_path):
    class Seen(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.weights = self.model.get_weights()

    seen = Seen()
    model, record = train(tmp_path, [seen])
    assert record == {"epoch": EPOCHS, "selection": "last"}
    for ours, theirs in zip(model.get_weights(), seen.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_history_without_a_validation_part_has_no_column_of_it(tmp_path):
    train(tmp_path)
    with open(tmp_path / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == EPOCHS
    assert not [name for name in rows[0] if name.startswith("val_")]


def test_a_validation_part_is_measured_and_chooses_nothing(tmp_path):
    alone, _ = train(tmp_path / "alone")
    beside, record = train(tmp_path / "beside", held_out=validation())
    assert record["epoch"] == EPOCHS
    np.testing.assert_array_equal(alone.get_weights()[0], beside.get_weights()[0])
    assert "val_loss" in (tmp_path / "beside" / "history.csv").read_text()


@pytest.mark.parametrize("killed", [(1,), (3, 1), (2, 2, 1)])
def test_a_run_ends_as_an_undisturbed_one_wherever_it_was_killed(tmp_path, killed):
    expected, _ = train(tmp_path / "undisturbed")
    for steps in killed:
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "interrupted", [KillAfter(steps)])
    found, record = train(tmp_path / "interrupted")
    assert record["epoch"] == EPOCHS
    for ours, theirs in zip(found.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    kept = sorted(path.name for path in tmp_path.glob("interrupted/checkpoints/*.npz"))
    assert f"best_epoch_{EPOCHS}.npz" in kept


@pytest.mark.parametrize(
    ("selection", "monitor"), [("ua", "val_ua"), ("loss", "val_emotion_loss")]
)
def test_other_selections_look_at_the_validation_part(tmp_path, selection, monitor):
    settings = StudentTrainingConfig(selection=selection, patience=7)
    best = kept_epoch(line(), settings, RunDirectory(tmp_path), "val_emotion_loss")
    assert type(best) is BestEpoch and not isinstance(best, LastEpoch)
    assert (best.monitor, best.tie_breaker) == (monitor, "val_emotion_loss")
    assert best.patience == 7
