"""Weights of the epoch with the best validation score."""

from __future__ import annotations

import json
import math
import pathlib
from collections.abc import Iterable

import keras

from satn_keras.errors import ArtifactError
from satn_keras.experiments.run_directory import replace_text
from satn_keras.experiments.saving import remove_halves, whole_path
from satn_keras.experiments.variables_file import (
    UNREADABLE,
    load_variables,
    save_variables,
)


class BestEpoch(keras.callbacks.Callback):
    """Weights of the epoch with the best validation score.

    Keeps its record beside the weights, so that a resumed run does not take a
    worse epoch for better.

    Args:
        kept: model whose weights are kept; for a trainer, its student.
        folder: receives `best_epoch_<number>.npz` and `best.json`.
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
        self.folder = pathlib.Path(folder)
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
            self.keep({"epoch": epoch + 1, self.monitor: value, "rank": rank})
        if self.is_exhausted(epoch + 1):
            self.model.stop_training = True

    def keep(self, record: dict) -> None:
        """Write the model's weights, and `record` as that of the best epoch."""
        with whole_path(self._weights(record)) as path:
            save_variables(path, self.kept.weights)
        replace_text(self._record_path, json.dumps(record))

    def is_exhausted(self, epochs: int) -> bool:
        """Whether patience has run out after so many epochs."""
        best = self.record
        if not self.patience or best is None:
            return False
        return epochs - max(best["epoch"], self.patience_from) >= self.patience

    @property
    def record(self) -> dict | None:
        """Epoch (from 1), score and rank of the best epoch so far."""
        if not self._record_path.exists():
            return None
        return json.loads(self._record_path.read_text())

    def resume(self, record: dict | None) -> None:
        """Go back to the record of a backup; epochs after it are run again."""
        remove_halves(self.folder)
        if record is None:
            self._record_path.unlink(missing_ok=True)
        else:
            replace_text(self._record_path, json.dumps(record))

    def forget_all_but(self, records: Iterable[dict | None]) -> None:
        """Remove the weights of epochs that no backup goes back to."""
        kept = {self._weights(one) for one in (*records, self.record) if one}
        for path in self.folder.glob("best_epoch_*.npz"):
            if path not in kept:
                path.unlink()

    def restore(self) -> dict:
        """Put the best weights back into the model; returns the record.

        Raises:
            ArtifactError: if they are damaged.
        """
        path = self._weights(self.record)
        try:
            load_variables(path, self.kept.weights)
        except UNREADABLE as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise ArtifactError(
                f"{path}: the best epoch's weights are damaged ({reason}). Remove "
                f"{self.folder} to train this run anew."
            ) from error
        return self.record

    @property
    def _record_path(self):
        return self.folder / "best.json"

    def _weights(self, record):
        return self.folder / f"best_epoch_{record['epoch']}.npz"


def _rank(value: float) -> float:
    """Place in the order of epochs; one without a number is the last."""
    return value if math.isfinite(value) else -math.inf
