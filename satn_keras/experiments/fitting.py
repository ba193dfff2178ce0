"""Training loop that keeps the best epoch by validation and can be resumed."""

from __future__ import annotations

import math
import pathlib
import sys
import warnings

import keras

from satn_keras.config import TrainingConfig
from satn_keras.distribution import ReplicaAdam
from satn_keras.experiments.averaged_weights import judging_averages
from satn_keras.experiments.backup import Backup
from satn_keras.experiments.checkpoints import BestEpoch
from satn_keras.experiments.epoch_callbacks import FiniteLoss, History, TellPosition
from satn_keras.experiments.precision import scaled
from satn_keras.pipelines import TrainingBatches


def fit(
    model: keras.Model,
    batches: TrainingBatches,
    validation,
    config: TrainingConfig,
    run_path: pathlib.Path,
    best: BestEpoch,
    callbacks=(),
    by_length: TrainingBatches | None = None,
    curriculum_epochs: int = 0,
) -> dict:
    """Train `model` and leave the best epoch's weights in `best.kept`.

    A training that was interrupted, at whatever moment, goes on from its last backup
    and takes the same steps as one that was not.

    Args:
        model: compiled.
        batches: training part.
        validation: validation part; selects the epoch. None where the last is kept.
            A test part has no way in.
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
        ArtifactError: if the backup of an interrupted run is damaged, or the disk is
            full.
        ConfigError: if the training loss is not finite.
    """
    backup = Backup(
        run_path / "checkpoints" / "backup", best, every=config.backup_batches
    )
    curriculum = min(curriculum_epochs, config.epochs) if by_length is not None else 0

    def has_more(epoch, batch):
        return (by_length if epoch < curriculum else batches).has_more(epoch, batch)

    start = backup.restore(model, has_more)
    best.resume(start.best)
    history = History(run_path / "history.csv", start.epoch)
    best.patience_from = curriculum
    epochs = start.epoch
    stages = [(by_length, curriculum), (batches, config.epochs)]
    if start.batch:
        # Keras takes the batches of its first epoch for those of each.
        part = by_length if epochs < curriculum else batches
        stages.insert(0, (part, epochs + 1))
    for part, last in stages:
        if epochs >= last or best.is_exhausted(epochs):
            continue
        with warnings.catch_warnings():
            # Nobody counts the batches of an epoch before it ends.
            warnings.filterwarnings("ignore", "Your input ran out of data")
            model.fit(
                part.dataset,
                validation_data=validation,
                initial_epoch=epochs,
                epochs=last,
                callbacks=[
                    TellPosition(part, start),
                    keras.callbacks.LearningRateScheduler(schedule(config)),
                    FiniteLoss(part, run_path),
                    *judging_averages([*callbacks, best], config.weight_averaging),
                    history,
                    backup,
                ],
                shuffle=False,  # the dataset shuffles itself
                verbose=1 if sys.stdout.isatty() else 2,
            )
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
    """Adam, with the clipping, weight decay and averaging that the recipe asks for."""
    adam = ReplicaAdam(
        config.learning_rate,
        global_clipnorm=config.clip_norm,
        weight_decay=config.weight_decay or None,
        use_ema=config.weight_averaging is not None,
        ema_momentum=config.weight_averaging or 0.0,
    )
    return scaled(adam, config)
