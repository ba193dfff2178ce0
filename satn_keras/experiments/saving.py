"""Checkpoints that are written whole, or not at all with a line that says why."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import shutil
import uuid
import zipfile
from collections.abc import Iterator

import keras

from satn_keras.errors import ArtifactError

_HALF = re.compile(r"\.(.+\.)?[0-9a-f]{32}(\.\w+)?")  # as made here, by uuid4


@contextlib.contextmanager
def whole_path(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """Temporary path whose file becomes `path` when the block ends without error.

    Raises:
        ArtifactError: if the disk is full or cannot be written.
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}{path.suffix}")
    with _explained(path):
        try:
            yield temporary
            _flush(temporary)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_folder(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """Temporary folder that becomes `path` when the block ends without error.

    Raises:
        ArtifactError: if the disk is full or cannot be written.
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}")
    with _explained(path):
        try:
            temporary.mkdir(parents=True)
            yield temporary
            for file in temporary.iterdir():
                _flush(file)
            os.rename(temporary, path)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def save_model(model: keras.Model, path: pathlib.Path) -> None:
    """Whole model as a `.keras` file at `path`.

    Raises:
        ArtifactError: if the disk is full or cannot be written.
    """
    with whole_path(path) as temporary:
        model.save(temporary)
        with zipfile.ZipFile(temporary) as archive:
            if archive.testzip() is not None:
                raise OSError("what was written is not what came back")


def remove_halves(folder: pathlib.Path) -> None:
    """Remove what a process that was killed while writing has left in `folder`.

    Other hidden files stay: a run folder may be a user's own.
    """
    for path in folder.glob(".*"):
        if not _HALF.fullmatch(path.name):
            continue
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


@contextlib.contextmanager
def _explained(path):
    try:
        yield
    except (OSError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())[:200]
        raise ArtifactError(
            f"{path}: cannot be written ({reason}). The checkpoint before it stays: "
            "make room or the folder writable, and run the same command again."
        ) from error


def _flush(path):
    """Have a file on the disk before its name says that it is whole."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
