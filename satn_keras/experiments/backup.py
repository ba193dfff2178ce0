"""State of a training after a batch, from which another process goes on exactly."""

from __future__ import annotations

import hashlib
import json
import pathlib
import re
import shutil
from typing import NamedTuple

import keras

from satn_keras.errors import ArtifactError
from satn_keras.experiments.saving import remove_halves, whole_folder
from satn_keras.experiments.variables_file import (
    UNREADABLE,
    load_variables,
    read_values,
    save_variables,
)

METRICS = "metrics.npz"
_NAME = re.compile(r"epoch_(\d+)_batch_(\d+)")


class Position(NamedTuple):
    """How far a training has come.

    Attributes:
        epoch: finished epochs.
        batch: finished batches of the epoch after them.
        best: record of the best epoch so far, as `BestEpoch` keeps it.
    """

    epoch: int = 0
    batch: int = 0
    best: dict | None = None


class Backup(keras.callbacks.Callback):
    """Everything that decides how a training goes on, after each epoch or oftener.

    Weights, optimizer, the state of every random generator, the metrics of the
    epoch that has begun, the position in the data and the record of the best epoch.
    `keras.callbacks.BackupAndRestore` keeps the first two alone, so that a resumed
    run draws other dropout and may take a worse epoch for the best one.

    A backup is a folder that appears by a rename, with a checksum of each file. The
    one before it stays until the next, should a disk fail.

    Args:
        folder: receives `epoch_<epochs>_batch_<batches>/`.
        best: callback with the `record` of the best epoch.
        every: also after so many batches of an epoch.
    """

    def __init__(self, folder, best, every=None):
        super().__init__()
        self.folder = pathlib.Path(folder)
        self.best = best
        self.every = every
        self.epoch = 0
        self._first = Position()
        self._metrics = None  # of the part of an epoch that another process trained

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if epoch != self._first.epoch:
            self._first = Position(epoch)

    def on_train_batch_end(self, batch, logs=None):
        if self._metrics is not None:
            # They exist from the first batch on. All are sums.
            for variable, value in zip(
                self.model.metrics_variables, self._metrics, strict=True
            ):
                variable.assign_add(value)
            self._metrics = None
        done = self._first.batch + batch + 1
        if self.every and done % self.every == 0:
            self._save(Position(self.epoch, done, self.best.record))

    def on_epoch_end(self, epoch, logs=None):
        self._save(Position(epoch + 1, 0, self.best.record))

    def restore(self, model: keras.Model, has_more=lambda *place: True) -> Position:
        """Put the last state into `model`; returns where it stands.

        Args:
            model: compiled, of the run's sizes.
            has_more: whether an epoch has a batch after so many. Keras has no logs of
                an epoch without a batch, so that its last ones are run again.

        Raises:
            ArtifactError: if the backup is damaged.
        """
        remove_halves(self.folder)
        folders = _backups(self.folder)
        while folders and not _goes_on(folders[-1], has_more):
            shutil.rmtree(folders.pop())
        if not folders:
            return self._first
        model.optimizer.build(model.trainable_variables)
        try:
            self._first = self._read(folders[-1], model)
        except UNREADABLE as error:
            reason = " ".join(str(error).split())[:200]
            raise ArtifactError(
                f"{folders[-1]}: cannot be resumed from ({reason}). Remove this folder "
                "to resume from the backup before it, or all of them to start anew."
            ) from error
        return self._first

    def _save(self, position):
        path = self.folder / f"epoch_{position.epoch}_batch_{position.batch}"
        if path.exists():  # trained again after a backup that was not whole
            shutil.rmtree(path)
        with whole_folder(path) as folder:
            save_variables(folder / "training.npz", _variables(self.model))
            if position.batch:
                save_variables(folder / METRICS, self.model.metrics_variables)
            sums = {file.name: _checksum(file) for file in sorted(folder.iterdir())}
            record = {**position._asdict(), "sha256": sums}
            (folder / "position.json").write_text(json.dumps(record))
        for older in _backups(self.folder)[:-2]:
            shutil.rmtree(older)
        self.best.forget_all_but(
            json.loads((each / "position.json").read_text())["best"]
            for each in _backups(self.folder)
        )

    def _read(self, folder, model):
        record = json.loads((folder / "position.json").read_text())
        for name, checksum in record.pop("sha256").items():
            if _checksum(folder / name) != checksum:
                raise ValueError(f"{name} is damaged")
        load_variables(folder / "training.npz", _variables(model))
        if (folder / METRICS).exists():
            self._metrics = read_values(folder / METRICS)
        return Position(**record)


def _backups(folder: pathlib.Path) -> list[pathlib.Path]:
    """Backups from the oldest to the newest."""
    found = [path for path in folder.glob("epoch_*") if _NAME.fullmatch(path.name)]
    return sorted(
        found, key=lambda path: [*map(int, _NAME.fullmatch(path.name).groups())]
    )


def _goes_on(folder, has_more):
    epoch, batch = map(int, _NAME.fullmatch(folder.name).groups())
    return not batch or has_more(epoch, batch)


def _variables(model):
    """All that decides a step: weights, random states and the optimizer's."""
    others = getattr(model, "untracked_states", ())
    return [*model.variables, *others, *model.optimizer.variables]


def _checksum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
