"""Files that are written whole or not at all."""

from __future__ import annotations

import io
import os
import pathlib
from collections.abc import Callable
from typing import Any


def replace_file(
    path: str | os.PathLike, write: Callable[[io.BufferedWriter], Any]
) -> None:
    """File at `path` with the bytes that `write` puts out, whole or not at all.

    Args:
        path: The file to make or to replace; its folder is created.
        write: Function of one binary stream.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as stream:
            write(stream)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
