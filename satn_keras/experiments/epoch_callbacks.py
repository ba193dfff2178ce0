"""What watches a training from batch to batch and from epoch to epoch."""

from __future__ import annotations

import csv
import io
import json
import math
import pathlib

import keras
import numpy as np

from satn_keras.distribution import role
from satn_keras.errors import ConfigError
from satn_keras.experiments.backup import Position
from satn_keras.experiments.run_directory import replace_text
from satn_keras.pipelines import TrainingBatches

NON_FINITE = "non_finite.json"


class TellPosition(keras.callbacks.Callback):
    """Tells the batches which epoch comes, and where in it a resumed run begins.

    Args:
        batches: of the training part.
        start: where the run resumes.
    """

    def __init__(self, batches: TrainingBatches, start: Position):
        super().__init__()
        self.batches = batches
        self.start = start

    def on_epoch_begin(self, epoch, logs=None):
        self.batches.epoch = epoch
        self.batches.batch = self.start.batch if epoch == self.start.epoch else 0


class FiniteLoss(keras.callbacks.Callback):
    """Ends a training that has diverged, before anything of it is kept.

    Args:
        batches: of the training part; name the utterances.
        run_path: receives `non_finite.json` with the keys of the batch.
    """

    def __init__(self, batches: TrainingBatches, run_path: pathlib.Path):
        super().__init__()
        self.batches = batches
        self.path = run_path / NON_FINITE
        self.epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        loss = float(np.mean(logs["loss"]))  # of the epoch so far
        if math.isfinite(loss):
            return
        batch += self.batches.batch
        place = {"epoch": self.epoch + 1, "batch": batch + 1, "loss": str(loss)}
        keys = self.batches.keys_of(batch)
        replace_text(self.path, json.dumps({**place, "keys": keys}, indent=2) + "\n")
        raise ConfigError(
            f"epoch {self.epoch + 1}, batch {batch + 1}: the training loss is {loss}; "
            f"{self._named(keys)}. Lower the `learning_rate`, or set `clip_norm` (5.0, "
            "say), and choose another folder or remove this one."
        )

    def _named(self, keys):
        """Where the utterances are named; another worker's folder does not stay."""
        own = role()
        where = self.path if own.is_chief else f"the chief's {NON_FINITE}"
        if own.workers > 1 and not self.batches.names_all:
            return f"of this worker's share: {', '.join(keys)}"
        return f"{where} names the {len(keys)} utterances"


class History(keras.callbacks.Callback):
    """Logs of each epoch as a line of a CSV file, which is whole at any moment.

    Args:
        path: of the file; lines of an interrupted run are kept.
        epochs: how many of them, the others are run again.
    """

    def __init__(self, path: pathlib.Path, epochs: int = 0):
        super().__init__()
        self.path = path
        self.rows = [row for row in _rows(path) if int(row["epoch"]) < epochs]

    def on_epoch_end(self, epoch, logs=None):
        values = {name: float(np.mean(value)) for name, value in sorted(logs.items())}
        self.rows.append({"epoch": epoch, **values})
        text = io.StringIO()
        columns = dict.fromkeys(name for row in self.rows for name in row)
        writer = csv.DictWriter(text, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        replace_text(self.path, text.getvalue())


def _rows(path):
    if not path.exists():
        return []
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
