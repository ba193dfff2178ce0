"""One Beam pipeline for every job that makes a file from the items of each shard."""

from __future__ import annotations

import abc
import hashlib
import json
import os
import pathlib

import apache_beam as beam

from satn_keras.beam.job_folder import JobFolder, file_digest


class ShardWorker(abc.ABC):
    """What a job does with the items of a shard; it travels to workers by pickle."""

    @abc.abstractmethod
    def start(self) -> None:
        """Load what every shard needs, once in each worker."""

    @abc.abstractmethod
    def identity(self) -> list:
        """What decides a shard besides its items, for JSON."""

    @abc.abstractmethod
    def path_of(self, key: str, value) -> str:
        """Sound file of an item; with its size and time it decides the item."""

    @abc.abstractmethod
    def make(self, items: list, path: pathlib.Path) -> dict:
        """Write the shard at `path`, whole or not at all.

        Args:
            items: (key, value) of each.
            path: of the shard's file.

        Returns:
            What is to be known of the shard, for JSON. `complete` says whether the
            file was written, `faults` are (key, path, fault) of the items that are not
            in it.
        """

    def accepts(self, record: dict) -> bool:
        """Whether a whole shard with this record may stay as it is."""
        return True


class MakeShard(beam.DoFn):
    """Makes the shard of a number, unless it is there and would become the same."""

    def __init__(self, worker: ShardWorker, folder: JobFolder):
        self.worker = worker
        self.folder = folder

    def setup(self):
        self.worker.start()

    def process(self, number):
        items = self.folder.todo(number)
        if items is None:  # done before, by a bundle that is tried again
            return
        record, path = self.folder.record(number), self.folder.shard(number)
        source = self._source(items)
        if not self._is_finished(record, path, source):
            record = {"source": source, **self.worker.make(items, path)}
            if record["complete"]:
                record |= {"bytes": path.stat().st_size, "sha256": file_digest(path)}
            else:
                path.unlink(missing_ok=True)
        self.folder.finish(number, record)
        yield number

    def _source(self, items):
        """Hash of all that decides the shard."""
        known = [self.worker.identity()]
        for key, value in items:
            known.append([key, *file_identity(self.worker.path_of(key, value))])
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()

    def _is_finished(self, record, path, source):
        if record is None or record["source"] != source or not record["complete"]:
            return False
        whole = path.is_file() and file_digest(path) == record["sha256"]
        return whole and self.worker.accepts(record)


def file_identity(path: str) -> tuple[int, int]:
    """Size in bytes and time of change in nanoseconds; -1 where there is no file."""
    try:
        stat = os.stat(path)
    except OSError:
        return -1, -1
    return stat.st_size, stat.st_mtime_ns
