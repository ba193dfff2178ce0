"""Files of one JSON object a line, packed or not."""

from __future__ import annotations

import gzip
import json
import pathlib
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from satn_keras.corpora.files import replace_file
from satn_keras.errors import CorpusError


def read_json_lines(path: pathlib.Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number (the first is 1) and object of each line.

    Args:
        path: Ends in .gz where it is packed.

    Raises:
        CorpusError: if the file cannot be read, or a line is no JSON object.
    """
    opened = gzip.open if path.name.endswith(".gz") else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, _object(path, number, line)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise CorpusError(
            f"{path}: cannot be read ({error}). Write the file again."
        ) from error


def write_json_lines(path: pathlib.Path, records: Iterable[dict[str, Any]]) -> None:
    """File of one object a line, packed where its name ends in .gz."""
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    content = "".join(lines).encode("utf-8")
    if path.name.endswith(".gz"):
        content = gzip.compress(content, mtime=0)
    replace_file(path, lambda stream: stream.write(content))


def _object(path: pathlib.Path, number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise CorpusError(
            f"{path}:{number}: not valid JSON ({error.msg}). Write one object on each "
            "line."
        ) from error
    if not isinstance(value, dict):
        raise CorpusError(
            f"{path}:{number}: a {type(value).__name__} where an object must stand."
        )
    return value
