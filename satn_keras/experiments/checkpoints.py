"""What training leaves on disk after each epoch: the best weights, and a backup."""

from __future__ import annotations

import contextlib
import json
import math
import os
import pathlib

import keras

from satn_keras.errors import ArtifactError
from satn_keras.experiments.run_directory import replace_text


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
        patience_from: epochs at the start that patience does not count.
    """

    def __init__(
        self,
        kept,
        folder,
        monitor,
        higher_is_better,
        tie_breaker,
        patience=None,
        patience_from=0,
    ):
        super().__init__()
        self.kept = kept
        self.weights_path = pathlib.Path(folder) / "best.weights.h5"
        self.record_path = pathlib.Path(folder) / "best.json"
        self.monitor = monitor
        self.sign = 1.0 if higher_is_better else -1.0
        self.tie_breaker = tie_breaker
        self.patience = patience
        self.patience_from = patience_from

    def on_epoch_end(self, epoch, logs=None):
        value = float(logs[self.monitor])
        rank = [_rank(self.sign * value), _rank(-float(logs[self.tie_breaker]))]
        best = self.record
        if best is None or rank > best["rank"]:
            with whole_weights(self.weights_path) as path:
                self.kept.save_weights(path)
            best = {"epoch": epoch + 1, self.monitor: value, "rank": rank}
            replace_text(self.record_path, json.dumps(best))
        if self.is_exhausted(epoch + 1):
            self.model.stop_training = True

    def is_exhausted(self, epochs: int) -> bool:
        """Whether patience has run out after so many epochs."""
        best = self.record
        if not self.patience or best is None:
            return False
        return epochs - max(best["epoch"], self.patience_from) >= self.patience

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


class Backup(keras.callbacks.Callback):
    """Weights and optimizer after the last whole epoch, for a resumed run.

    The number of epochs is in the file's name, so that both change in one step.

    Args:
        folder: receives `epochs_<number>.weights.h5`.
    """

    def __init__(self, folder):
        super().__init__()
        self.folder = pathlib.Path(folder)

    def on_epoch_end(self, epoch, logs=None):
        older = self._files()
        self.folder.mkdir(parents=True, exist_ok=True)
        with whole_weights(self.folder / f"epochs_{epoch + 1}.weights.h5") as path:
            self.model.save_weights(path)
        for path in older[:-1]:  # one before the last stays, should a disk fail
            path.unlink(missing_ok=True)

    def restore(self, model: keras.Model) -> int:
        """Put the last state into `model`; returns its number of epochs, or 0.

        Raises:
            ArtifactError: if the file is damaged.
        """
        files = self._files()
        if not files:
            return 0
        # Keras passes over the state of an optimizer that has no variables yet.
        model.optimizer.build(model.trainable_variables)
        try:
            model.load_weights(files[-1])
        except (OSError, ValueError, KeyError) as error:
            raise ArtifactError(
                f"{files[-1]}: cannot be resumed from ({error}). Remove this file to "
                "resume from the epoch before, or the folder to start anew."
            ) from error
        return _epochs(files[-1])

    def _files(self):
        return sorted(self.folder.glob("epochs_*.weights.h5"), key=_epochs)


@contextlib.contextmanager
def whole_weights(path: pathlib.Path):
    """Temporary path whose file becomes `path` when the block ends without error."""
    temporary = path.with_name(f".{os.getpid()}.weights.h5")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _rank(value: float) -> float:
    """Place in the order of epochs; one without a number is the last."""
    return value if math.isfinite(value) else -math.inf


def _epochs(path: pathlib.Path) -> int:
    return int(path.name.split("_")[1].split(".")[0])
