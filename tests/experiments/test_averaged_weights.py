"""Averaged weights are judged and kept; the others are trained on, to the bit."""

import csv

import keras
import numpy as np
import pytest

from tests.experiments.test_fitting import KillAfter, train, validation

MOMENTUM = 0.7


class Recorder(keras.callbacks.Callback):
    """Weights after each step and at each epoch's end."""

    def __init__(self):
        super().__init__()
        self.steps, self.ends = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.steps.append(self.model.get_weights()[0])

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append((len(self.steps), self.model.get_weights()))


@pytest.fixture
def recorded(tmp_path):
    """Recorder of a training, its model, record and folder."""
    recorder = Recorder()
    model, record = train(tmp_path, [recorder], weight_averaging=MOMENTUM)
    return recorder, model, record, tmp_path


def averages(steps):
    """Moving average after each step, beginning at the first step's weights."""
    average, found = steps[0], []
    for weights in steps:
        average = MOMENTUM * average + (1 - MOMENTUM) * weights
        found.append(average)
    return found


def test_an_epoch_is_judged_by_the_moving_average_of_its_steps(recorded):
    recorder, *_ = recorded
    expected = averages(recorder.steps)
    assert len(recorder.ends) == 5
    for steps, weights in recorder.ends:
        np.testing.assert_allclose(weights[0], expected[steps - 1], rtol=1e-5)
        assert not np.array_equal(weights[0], recorder.steps[steps - 1])


def test_the_kept_weights_are_averaged_ones(recorded):
    recorder, model, record, _ = recorded
    _, weights = recorder.ends[record["epoch"] - 1]
    for ours, theirs in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_validation_loss_is_that_of_the_averaged_weights(recorded):
    recorder, *_, folder = recorded
    ((x, y),) = validation().as_numpy_iterator()
    with open(folder / "history.csv", newline="") as file:
        losses = [float(row["val_loss"]) for row in csv.DictReader(file)]
    for (_, (kernel, bias)), loss in zip(recorder.ends, losses, strict=True):
        assert np.mean((x @ kernel + bias - y) ** 2) == pytest.approx(loss, rel=1e-5)


def test_training_goes_on_from_the_weights_of_the_last_step(recorded, tmp_path):
    # As without averaging, to the bit, over the end of a curriculum too.
    plain = Recorder()
    (tmp_path / "plain").mkdir()
    train(tmp_path / "plain", [plain])
    for ours, theirs in zip(recorded[0].steps, plain.steps, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("backup_batches", [None, 1])
@pytest.mark.parametrize("killed", [(1,), (5,), (9, 1), (3, 3, 2)])
def test_a_run_ends_as_an_undisturbed_one_wherever_it_was_killed(
    tmp_path, killed, backup_batches
):
    settings = {"weight_averaging": MOMENTUM, "weight_decay": 0.5}
    for name in ("undisturbed", "interrupted"):
        (tmp_path / name).mkdir()
    expected, record = train(tmp_path / "undisturbed", **settings)
    settings["backup_batches"] = backup_batches
    for batches in killed:
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "interrupted", [KillAfter(batches)], **settings)
    found, found_record = train(tmp_path / "interrupted", **settings)
    assert found_record == record
    for ours, theirs in zip(found.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    histories = [
        (tmp_path / name / "history.csv").read_text()
        for name in ("undisturbed", "interrupted")
    ]
    assert histories[0] == histories[1]
