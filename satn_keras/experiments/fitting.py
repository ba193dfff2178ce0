"""Training loop that keeps the best epoch by validation and can be resumed."""

from __future__ import annotations

import csv
import io
import math
import pathlib
import sys
import warnings

import keras

from satn_keras.config import TrainingConfig
from satn_keras.errors import ConfigError
from satn_keras.experiments.checkpoints import Backup, BestEpoch
from satn_keras.experiments.run_directory import replace_text


def fit(
    model: keras.Model,
    batches,
    validation,
    config: TrainingConfig,
    run_path: pathlib.Path,
    best: BestEpoch,
    callbacks=(),
    by_length=None,
    curriculum_epochs: int = 0,
) -> dict:
    """Train `model` and leave the best epoch's weights in `best.kept`.

    Args:
        model: compiled.
        batches: training part.
        validation: validation part; selects the epoch. A test part has no way in.
        config: epochs and learning rate.
        run_path: receives `history.csv` and the backup an interrupted run resumes
            from.
        best: keeps the best epoch.
        callbacks: run before `best`, for example to add a score to the logs.
        by_length: batches for the first `curriculum_epochs` of the epochs.
        curriculum_epochs: how many epochs use `by_length`.

    Returns:
        Record of the best epoch.

    Raises:
        ArtifactError: if the backup of an interrupted run is damaged.
        ConfigError: if the training loss is not finite.
    """
    backup = Backup(run_path / "checkpoints" / "backup")
    history = run_path / "history.csv"
    epochs = backup.restore(model)
    _forget_unfinished(history, epochs)
    log = keras.callbacks.CSVLogger(str(history), append=True)
    callbacks = [
        keras.callbacks.LearningRateScheduler(schedule(config)),
        _FiniteLoss(),
        *callbacks,
        best,
        log,
        backup,
    ]
    curriculum = min(curriculum_epochs, config.epochs) if by_length is not None else 0
    best.patience_from = curriculum
    for dataset, last in ((by_length, curriculum), (batches, config.epochs)):
        if epochs >= last or best.is_exhausted(epochs):
            continue
        try:
            with warnings.catch_warnings():
                # Buckets hide the number of batches until the first epoch ends.
                warnings.filterwarnings("ignore", "Your input ran out of data")
                model.fit(
                    dataset,
                    validation_data=validation,
                    initial_epoch=epochs,
                    epochs=last,
                    callbacks=callbacks,
                    shuffle=False,  # the dataset shuffles itself
                    verbose=1 if sys.stdout.isatty() else 2,
                )
        finally:
            log.on_train_end()  # closes its file after an interruption as well
        epochs = last
    return best.restore()


def schedule(config: TrainingConfig):
    """Learning rate of each epoch: linear warm-up, then constant or cosine."""

    def rate(epoch, _=None):
        if epoch < config.warmup_epochs:
            return config.learning_rate * (epoch + 1) / (config.warmup_epochs + 1)
        if config.learning_rate_decay == "none":
            return config.learning_rate
        done = (epoch - config.warmup_epochs) / max(
            config.epochs - config.warmup_epochs, 1
        )
        return config.learning_rate * 0.5 * (1 + math.cos(math.pi * min(done, 1)))

    return rate


def make_optimizer(config: TrainingConfig) -> keras.optimizers.Optimizer:
    """Adam, with the gradient's global norm clipped where the recipe says so."""
    return keras.optimizers.Adam(config.learning_rate, global_clipnorm=config.clip_norm)


class _FiniteLoss(keras.callbacks.Callback):
    """Ends a training that has diverged, before its epoch is kept."""

    def on_epoch_end(self, epoch, logs=None):
        if not math.isfinite(logs["loss"]):
            raise ConfigError(
                f"epoch {epoch + 1}: the training loss is {logs['loss']}. Lower the "
                "`learning_rate`, or set `clip_norm` (5.0, say), and choose another "
                "folder or remove this one."
            )


def _forget_unfinished(history: pathlib.Path, epochs: int) -> None:
    """Drop the rows of epochs that ended after the last backup: they run again."""
    if not history.exists():
        return
    rows = list(csv.reader(io.StringIO(history.read_text(encoding="utf-8"))))
    kept = rows[:1] + [row for row in rows[1:] if int(row[0]) < epochs]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(kept if len(kept) > 1 else [])
    replace_text(history, text.getvalue())
