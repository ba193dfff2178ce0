"""The training loop: its epochs add up, whenever it was interrupted."""

import csv
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.config import TrainingConfig
from satn_keras.errors import ConfigError
from satn_keras.experiments.backup import Backup
from satn_keras.experiments.checkpoints import BestEpoch
from satn_keras.experiments.fitting import fit, make_optimizer, schedule
from satn_keras.pipelines import TrainingBatches
from satn_keras.pipelines.order import EpochOrder, rows_of

SHORT, LONG = 2, 3  # steps of an epoch in the curriculum and after it


class InterruptAt(keras.callbacks.Callback):
    """Ctrl-C near the end of an epoch (from 0), before it is recorded."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


def examples(steps):
    rng = np.random.default_rng(steps)
    x = rng.normal(size=(4 * steps, 3)).astype("float32")
    return x, x[:, :1]


def validation():
    return tf.data.Dataset.from_tensor_slices(examples(1)).batch(4)


def batches(steps, spoiled=None):
    """Batches of four, in another order each epoch; one row can be made a NaN."""
    x, y = examples(steps)
    if spoiled is not None:
        x[spoiled] = np.nan
    order = EpochOrder(np.ones(len(x)), 4, seed=1)

    def batches_of(epoch, first):
        rows = rows_of(order, epoch, first).map(lambda row, *_: row).batch(4)
        return rows.map(lambda row: (row, tf.gather(x, row), tf.gather(y, row)))

    return TrainingBatches(batches_of, [f"utterance {row}" for row in range(len(x))])


def train(folder, callbacks=(), curriculum_epochs=2, training=None, **settings):
    """Model and best record after `fit`, in the way a run calls it."""
    keras.utils.set_random_seed(1)
    config = TrainingConfig(**{"epochs": 5, "learning_rate": 0.01, **settings})
    layers = [keras.Input((3,)), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(make_optimizer(config), "mse", run_eagerly=True)
    (folder / "checkpoints").mkdir(exist_ok=True)
    best = BestEpoch(
        *(model, folder / "checkpoints", "val_loss", False, "val_loss"),
        patience=config.patience,
    )
    record = fit(
        *(model, training or batches(LONG), validation(), config, folder, best),
        callbacks=callbacks,
        by_length=batches(SHORT),
        curriculum_epochs=curriculum_epochs,
    )
    return model, record


def epochs_in(folder):
    if not (folder / "history.csv").exists():
        return []
    with open(folder / "history.csv", encoding="utf-8", newline="") as file:
        return [int(row["epoch"]) for row in csv.DictReader(file)]


def test_curriculum_and_main_stage_add_up_to_the_epochs(tmp_path):
    model, record = train(tmp_path)
    assert epochs_in(tmp_path) == [0, 1, 2, 3, 4]
    assert int(model.optimizer.iterations) == 2 * SHORT + 3 * LONG
    assert record["epoch"] >= 4  # of a line that is being learned


@pytest.mark.parametrize(
    ("curriculum_epochs", "steps"), [(0, 5 * LONG), (5, 5 * SHORT), (9, 5 * SHORT)]
)
def test_a_curriculum_takes_no_more_than_the_epochs(tmp_path, curriculum_epochs, steps):
    model, _ = train(tmp_path, curriculum_epochs=curriculum_epochs)
    assert epochs_in(tmp_path) == [0, 1, 2, 3, 4]
    assert int(model.optimizer.iterations) == steps


@pytest.mark.parametrize("epoch", [0, 1, 2, 4])
def test_an_interrupted_run_goes_on_and_repeats_no_finished_epoch(tmp_path, epoch):
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, [InterruptAt(epoch)])
    assert epochs_in(tmp_path) == list(range(epoch))
    model, _ = train(tmp_path)
    assert epochs_in(tmp_path) == [0, 1, 2, 3, 4]
    # Adam's count of steps is restored: each epoch was run once.
    assert int(model.optimizer.iterations) == 2 * SHORT + 3 * LONG


class KillAfter(keras.callbacks.Callback):
    """Ends the run after so many batches in all."""

    def __init__(self, batches):
        super().__init__()
        self.batches = batches

    def on_train_batch_end(self, batch, logs=None):
        self.batches -= 1
        if self.batches == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_a_run_killed_between_an_epoch_s_last_batch_and_its_end_logs_that_epoch(
    tmp_path, epoch
):
    for name in ("undisturbed", "interrupted"):
        (tmp_path / name).mkdir()
    expected, _ = train(tmp_path / "undisturbed")
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "interrupted", [InterruptAt(epoch)], backup_batches=1)
    found, _ = train(tmp_path / "interrupted", backup_batches=1)
    np.testing.assert_array_equal(found.get_weights()[0], expected.get_weights()[0])
    history = (tmp_path / "undisturbed" / "history.csv").read_text()
    assert (tmp_path / "interrupted" / "history.csv").read_text() == history


@pytest.mark.parametrize("backup_batches", [None, 1, 2])
@pytest.mark.parametrize("killed", [(1,), (5,), (9, 1), (3, 3, 2)])
def test_a_run_ends_as_an_undisturbed_one_wherever_it_was_killed(
    tmp_path, killed, backup_batches
):
    for name in ("undisturbed", "interrupted"):
        (tmp_path / name).mkdir()
    expected, record = train(tmp_path / "undisturbed")
    for batches in killed:
        with pytest.raises(KeyboardInterrupt):
            train(
                tmp_path / "interrupted",
                [KillAfter(batches)],
                backup_batches=backup_batches,
            )
    found, found_record = train(tmp_path / "interrupted", backup_batches=backup_batches)
    assert found_record == record
    # Dropout, order of the batches, Adam: all as if nothing had happened.
    for ours, theirs in zip(found.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    histories = [
        (tmp_path / name / "history.csv").read_text()
        for name in ("undisturbed", "interrupted")
    ]
    assert histories[0] == histories[1]


def test_an_epoch_that_was_logged_but_not_backed_up_stands_once_in_the_history(
    tmp_path, monkeypatch
):
    save = Backup.on_epoch_end

    def killed(self, epoch, logs=None):
        if epoch == 3:
            raise KeyboardInterrupt
        save(self, epoch, logs)

    monkeypatch.setattr(Backup, "on_epoch_end", killed)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path)
    assert epochs_in(tmp_path) == [0, 1, 2, 3]
    monkeypatch.undo()
    train(tmp_path)
    assert epochs_in(tmp_path) == [0, 1, 2, 3, 4]


def test_a_finished_training_is_not_repeated(tmp_path):
    _, first = train(tmp_path)
    weights = train(tmp_path)[0].get_weights()
    model, second = train(tmp_path, [InterruptAt(0)])  # which is never reached
    assert second == first
    assert epochs_in(tmp_path) == [0, 1, 2, 3, 4]
    for ours, theirs in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_best_epoch_s_weights_are_in_the_model_at_the_end(tmp_path):
    class Worse(keras.callbacks.Callback):
        weights = None

        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                Worse.weights = self.model.get_weights()
            logs["val_loss"] = abs(epoch - 1) + 0.5

    model, record = train(tmp_path, [Worse()])
    assert record["epoch"] == 2
    for ours, theirs in zip(model.get_weights(), Worse.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(("curriculum_epochs", "expected"), [(0, 3), (2, 4)])
def test_patience_counts_from_the_end_of_the_curriculum(
    tmp_path, curriculum_epochs, expected
):
    # So small a rate moves no float32: the first epoch stays the best.
    settings = {"epochs": 9, "learning_rate": 1e-30, "patience": 2}
    _, record = train(tmp_path, curriculum_epochs=curriculum_epochs, **settings)
    assert record["epoch"] == 1
    assert epochs_in(tmp_path) == list(range(expected))
    # Stopped, then killed before it was scored: the next call trains no further.
    train(tmp_path, curriculum_epochs=curriculum_epochs, **settings)
    assert epochs_in(tmp_path) == list(range(expected))


def rates(**settings):
    config = TrainingConfig(learning_rate=2.0, **settings)
    rate = schedule(config)
    return [rate(epoch) for epoch in range(config.epochs)]


def test_the_rate_is_constant_by_default():
    assert rates(epochs=3) == [2.0, 2.0, 2.0]


def test_the_rate_rises_in_equal_steps_to_its_value_after_the_warm_up():
    expected = [2 / 3, 4 / 3, 2, 2]
    assert rates(epochs=4, warmup_epochs=2) == pytest.approx(expected)


def test_the_rate_falls_along_half_a_cosine():
    # 1 + cos of 0, 45, 90 and 135 degrees
    expected = [2, 1 + 2**-0.5, 1, 1 - 2**-0.5]
    assert rates(epochs=4, learning_rate_decay="cosine") == pytest.approx(expected)


def test_the_cosine_begins_after_the_warm_up():
    found = rates(epochs=6, warmup_epochs=2, learning_rate_decay="cosine")
    expected = [2 / 3, 4 / 3, 2, 1 + 2**-0.5, 1, 1 - 2**-0.5]
    assert found == pytest.approx(expected)


def test_a_warm_up_as_long_as_the_training_divides_by_nothing():
    assert rates(epochs=1, warmup_epochs=1, learning_rate_decay="cosine") == [1.0]


def test_the_optimizer_clips_the_gradient_s_norm_where_the_recipe_says_so():
    assert make_optimizer(TrainingConfig(clip_norm=5.0)).global_clipnorm == 5.0
    assert make_optimizer(TrainingConfig()).global_clipnorm is None


def test_weights_decay_and_are_averaged_where_the_recipe_says_so():
    plain = make_optimizer(TrainingConfig())
    assert plain.weight_decay is None and not plain.use_ema
    asked = TrainingConfig(weight_decay=0.03, weight_averaging=0.98)
    for precision in ("float32", "mixed_float16"):
        found = make_optimizer(asked.model_copy(update={"precision": precision}))
        found = getattr(found, "inner_optimizer", found)
        assert (found.weight_decay, found.ema_momentum) == (0.03, 0.98)
        assert found.use_ema


def test_a_loss_that_is_not_finite_ends_training_before_it_is_kept(tmp_path):
    with pytest.raises(ConfigError, match="epoch 1, .* training loss is .* Lower"):
        train(tmp_path, learning_rate=1e30)
    assert not (tmp_path / "checkpoints" / "best.json").exists()


def test_the_utterances_of_the_batch_that_broke_the_loss_are_written_down(tmp_path):
    spoiled = batches(LONG, spoiled=7)
    with pytest.raises(ConfigError, match=r"non_finite\.json names the 4 utterances"):
        train(tmp_path, curriculum_epochs=0, training=spoiled)
    written = json.loads((tmp_path / "non_finite.json").read_text())
    assert written["epoch"] == 1 and written["loss"] == "nan"
    assert "utterance 7" in written["keys"]
    # The order of an epoch is that of its number, so the batch can be told.
    rows = EpochOrder(np.ones(4 * LONG), 4, seed=1).rows(0)
    number = rows.tolist().index(7) // 4
    assert written["batch"] == number + 1
    batch = rows[4 * number : 4 * number + 4]
    assert written["keys"] == [f"utterance {row}" for row in batch]
