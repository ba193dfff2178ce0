"""Which epoch's weights a student's recipe keeps."""

from __future__ import annotations

import keras

from satn_keras.config import StudentTrainingConfig
from satn_keras.experiments.checkpoints import BestEpoch
from satn_keras.experiments.run_directory import RunDirectory


class LastEpoch(BestEpoch):
    """Weights of the last epoch, whatever its scores.

    Each epoch is better than the one before it; no validation part is needed.

    Args:
        kept: model whose weights are kept.
        folder: receives `best_epoch_<number>.npz` and `best.json`.
    """

    def __init__(self, kept, folder):
        super().__init__(kept, folder, None, True, None)

    def on_epoch_end(self, epoch, logs=None):
        self.keep({"epoch": epoch + 1, "selection": "last"})


def kept_epoch(
    model: keras.Model,
    settings: StudentTrainingConfig,
    run: RunDirectory,
    loss: str = "val_loss",
) -> BestEpoch:
    """Keeper of the epoch that `settings.selection` asks for.

    Args:
        model: whose weights are kept.
        settings: of the training.
        run: receives the checkpoints.
        loss: name of the validation loss in the epoch's logs.
    """
    if settings.selection == "last":
        return LastEpoch(model, run.checkpoints)
    by_ua = settings.selection == "ua"
    return BestEpoch(
        model,
        run.checkpoints,
        monitor="val_ua" if by_ua else loss,
        higher_is_better=by_ua,
        tie_breaker=loss,
        patience=settings.patience,
    )
