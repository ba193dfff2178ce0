"""Training loop that keeps the best epoch by validation and can be resumed."""

from __future__ import annotations

import json
import math
import os
import pathlib
import sys
import warnings

import keras

from satn_keras.config import TrainingConfig


class BestEpoch(keras.callbacks.Callback):
    """Weights of the epoch with the best validation score.

    Keeps its record beside the weights, so that a resumed run does not take a
    worse epoch for better.

    Args:
        kept: model whose weights are kept; for a trainer, its student.
        folder: receives `best.weights.h5` and `best.json`.
        monitor: name in the epoch's logs.
        higher_is_better: whether more is better.
        tie_breaker: name of a loss that decides between equal scores.
        patience: epochs without a better score after which training stops.
    """

    def __init__(
        self, kept, folder, monitor, higher_is_better, tie_breaker, patience=None
    ):
        super().__init__()
        self.kept = kept
        self.weights_path = pathlib.Path(folder) / "best.weights.h5"
        self.record_path = pathlib.Path(folder) / "best.json"
        self.monitor = monitor
        self.sign = 1.0 if higher_is_better else -1.0
        self.tie_breaker = tie_breaker
        self.patience = patience

    def on_epoch_end(self, epoch, logs=None):
        value = float(logs[self.monitor])
        rank = [self.sign * value, -float(logs[self.tie_breaker])]
        best = self.record
        if best is None or rank > best["rank"]:
            temporary = self.weights_path.with_name(f".{os.getpid()}.weights.h5")
            self.kept.save_weights(temporary)
            os.replace(temporary, self.weights_path)
            best = {"epoch": epoch + 1, self.monitor: value, "rank": rank}
            temporary = self.record_path.with_name(f".{os.getpid()}.json")
            temporary.write_text(json.dumps(best))
            os.replace(temporary, self.record_path)
        if self.patience and epoch + 1 - best["epoch"] >= self.patience:
            self.model.stop_training = True

    @property
    def record(self) -> dict | None:
        """Epoch (from 1), score and rank of the best epoch so far."""
        if not self.record_path.exists():
            return None
        return json.loads(self.record_path.read_text())

    def restore(self) -> dict:
        """Put the best weights back into the model; returns the record."""
        self.kept.load_weights(self.weights_path)
        return self.record


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
        by_length: batches for the first `curriculum_epochs` epochs.
        curriculum_epochs: how many epochs use `by_length`.

    Returns:
        Record of the best epoch.
    """
    callbacks = [
        keras.callbacks.LearningRateScheduler(schedule(config)),
        *callbacks,
        best,
        keras.callbacks.CSVLogger(str(run_path / "history.csv"), append=True),
        keras.callbacks.BackupAndRestore(
            str(run_path / "checkpoints" / "backup"), delete_checkpoint=False
        ),
    ]
    stages = [(by_length, curriculum_epochs), (batches, config.epochs)]
    for dataset, epochs in stages:
        if dataset is None or not epochs:
            continue
        model.stop_training = False
        with warnings.catch_warnings():
            # Buckets leave the number of batches unknown until the first epoch ends.
            warnings.filterwarnings("ignore", "Your input ran out of data")
            model.fit(
                dataset,
                validation_data=validation,
                epochs=epochs,
                callbacks=callbacks,
                shuffle=False,  # the dataset shuffles itself
                verbose=1 if sys.stdout.isatty() else 2,
            )
        if model.stop_training:
            break
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
