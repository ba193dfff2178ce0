"""Numbered lines of a text file whose encoding its publisher does not name."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator

from satn_keras.errors import CorpusError


def numbered_lines(path: str | os.PathLike) -> Iterator[tuple[int, str]]:
    """Number (the first is 1) and text of each line, without blanks at its ends.

    A line is UTF-8 where it can be, else Windows-1252, in which most old English
    corpora were typed; a byte that neither knows becomes U+FFFD.

    Args:
        path: Text file with any line ends.

    Raises:
        CorpusError: if the file cannot be read.
    """
    try:
        content = pathlib.Path(path).read_bytes()
    except OSError as error:
        raise CorpusError(
            f"{path}: cannot be read ({error.strerror}). Get an unchanged copy of the "
            "corpus."
        ) from error
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for number, line in enumerate(lines, start=1):
        yield number, _text(line).strip()


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")
