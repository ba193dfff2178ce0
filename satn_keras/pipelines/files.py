"""Files that are either whole or absent."""

import contextlib
import os
import pathlib
import uuid
from collections.abc import Iterator
from typing import BinaryIO


@contextlib.contextmanager
def whole_file(path: pathlib.Path) -> Iterator[BinaryIO]:
    """File to write, which appears at `path` when the block ends without an error."""
    with whole_path(path) as temporary, open(temporary, "wb") as file:
        yield file


@contextlib.contextmanager
def whole_path(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """Name to write a file at, moved to `path` when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # No process number: workers in containers share a folder and have equal ones.
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
