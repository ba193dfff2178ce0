"""The best epoch's weights are kept, whatever happens while they are written."""

import os

import keras
import numpy as np
import pytest

from satn_keras.errors import ArtifactError
from satn_keras.experiments.checkpoints import BestEpoch


def one_weight():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile("adam", "mse", run_eagerly=True)
    return model


def value(model):
    return float(np.squeeze(model.get_weights()[0]))


def best_epoch(folder, model=None, higher_is_better=True, **options):
    model = model or one_weight()
    best = BestEpoch(model, folder, "val_ua", higher_is_better, "val_loss", **options)
    best.set_model(model)
    return best


def live_through(best, scores, losses=None, start=0):
    """Ends one epoch after another, whose number (from 1) is the model's weight."""
    for epoch, (score, loss) in enumerate(
        zip(scores, losses or [1.0] * len(scores), strict=True), start
    ):
        best.kept.set_weights([np.full((1, 1), epoch + 1.0)])
        best.on_epoch_end(epoch, {"val_ua": score, "val_loss": loss})


@pytest.mark.parametrize(
    ("scores", "losses", "higher_is_better", "expected"),
    [
        ([0.3, 0.7, 0.5], [1, 1, 1], True, 2),
        ([0.3, 0.7, 0.5], [1, 1, 1], False, 1),
        ([0.5, 0.7, 0.7, 0.7, 0.6], [1, 2, 1.5, 1.8, 0.1], True, 3),  # the loss decides
        ([0.7, 0.7], [1, 1], True, 1),  # the first of equals
        ([float("nan"), 0.1, float("nan")], [1, 1, 1], True, 2),
        ([float("nan"), 0.1, float("nan")], [1, 1, 1], False, 2),
        ([0.5, 0.5], [float("nan"), 9], True, 2),
    ],
)
def test_the_best_epoch_s_weights_are_kept(
    tmp_path, scores, losses, higher_is_better, expected
):
    best = best_epoch(tmp_path, higher_is_better=higher_is_better)
    live_through(best, scores, losses)
    record = best.restore()
    assert record["epoch"] == expected
    assert record["val_ua"] == pytest.approx(scores[expected - 1])
    assert value(best.kept) == expected


def test_a_resumed_run_does_not_take_a_worse_epoch_for_better(tmp_path):
    live_through(best_epoch(tmp_path), [0.4, 0.8])
    resumed = best_epoch(tmp_path)
    live_through(resumed, [0.6, 0.7], start=2)
    assert resumed.restore()["epoch"] == 2
    assert value(resumed.kept) == 2


def test_a_resumed_run_takes_a_better_epoch(tmp_path):
    live_through(best_epoch(tmp_path), [0.4, 0.8])
    resumed = best_epoch(tmp_path)
    live_through(resumed, [0.81], start=2)
    assert resumed.restore()["epoch"] == 3


def test_training_stops_when_patience_runs_out(tmp_path):
    best = best_epoch(tmp_path, patience=2)
    best.model.stop_training = False
    for epochs, score in enumerate([0.1, 0.5, 0.4, 0.5], 1):
        live_through(best, [score], start=epochs - 1)
        # The second was the best; the fourth is no better.
        assert best.model.stop_training == (epochs == 4)
    assert not best.is_exhausted(3) and best.is_exhausted(4)


def test_patience_passes_over_the_first_epochs_where_it_is_told_so(tmp_path):
    best = best_epoch(tmp_path, patience=2, patience_from=5)
    live_through(best, [0.5])
    assert not best.is_exhausted(6) and best.is_exhausted(7)


def test_no_patience_never_stops(tmp_path):
    best = best_epoch(tmp_path)
    live_through(best, [0.5])
    assert not best.is_exhausted(1000)


def test_a_failure_while_saving_leaves_the_best_epoch_before_it(tmp_path, monkeypatch):
    best = best_epoch(tmp_path)
    live_through(best, [0.5])
    before = sorted(os.listdir(tmp_path))

    def fill_the_disk(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fill_the_disk)
    said = r"best_epoch_2.npz: cannot be written \(No space left .* make room"
    with pytest.raises(ArtifactError, match=said):
        live_through(best, [0.9], start=1)
    assert sorted(os.listdir(tmp_path)) == before
    assert best.restore()["epoch"] == 1
    assert value(best.kept) == 1


def test_epochs_after_a_backup_are_judged_anew(tmp_path):
    best = best_epoch(tmp_path)
    live_through(best, [0.4, 0.6])
    record = best.record
    live_through(best, [0.9], start=2)  # then killed, before its backup was written
    resumed = best_epoch(tmp_path)
    resumed.resume(record)
    assert resumed.restore()["epoch"] == 2
    assert value(resumed.kept) == 2
    resumed.resume(None)
    assert resumed.record is None


def test_weights_stay_as_long_as_a_backup_goes_back_to_them(tmp_path):
    best = best_epoch(tmp_path)
    records = []
    for epoch in range(3):
        live_through(best, [0.1 * (epoch + 1)], start=epoch)
        records.append(best.record)
    best.forget_all_but([None, records[1]])
    names = sorted(path.name for path in tmp_path.glob("*.npz"))
    assert names == ["best_epoch_2.npz", "best_epoch_3.npz"]


@pytest.mark.parametrize("size", [0, 100], ids=["empty", "cut"])
def test_damaged_weights_are_named_with_the_remedy(tmp_path, size):
    best = best_epoch(tmp_path)
    live_through(best, [0.3])
    os.truncate(tmp_path / "best_epoch_1.npz", size)
    with pytest.raises(ArtifactError, match=r"best_epoch_1\.npz: .* damaged .* Remove"):
        best.restore()
