"""Tables of text on disk as numbered rows of strings, and back."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from satn_keras.corpora import parquet_tables, text_tables
from satn_keras.corpora.files import replace_file
from satn_keras.corpora.rows import Row
from satn_keras.errors import ManifestError

_READERS = {
    ".csv": text_tables.read_csv,
    ".tsv": text_tables.read_tsv,
    ".jsonl": text_tables.read_jsonl,
    ".jsonl.gz": text_tables.read_jsonl,
    ".parquet": parquet_tables.read_parquet,
}
_WRITERS = {
    ".csv": text_tables.write_csv,
    ".tsv": text_tables.write_tsv,
    ".jsonl": text_tables.write_jsonl,
    ".jsonl.gz": text_tables.write_jsonl_gz,
    ".parquet": parquet_tables.write_parquet,
}
TABLE_ENDINGS = tuple(_READERS)


def table_ending(path: str | os.PathLike) -> str | None:
    """Which of `TABLE_ENDINGS` the name has, None when it has another."""
    name = pathlib.Path(path).name.lower()
    endings = [ending for ending in TABLE_ENDINGS if name.endswith(ending)]
    return endings[0] if endings else None


def read_rows(path: str | os.PathLike) -> tuple[list[str], Iterator[Row]]:
    """Columns and rows of a CSV, TSV, JSONL or Parquet table.

    Strings stay as written: "007" keeps its zeros, "NA" and "null" are texts.
    CSV follows RFC 4180, quotes included. TSV takes quotes literally, as speech
    corpora do. JSONL has no header: its columns are those of the first line.

    Args:
        path: File that ends in one of `TABLE_ENDINGS`.

    Returns:
        Column names in file order, and an iterator of `Row` that reads on as
        it goes.

    Raises:
        ManifestError: if the file is missing, has another ending, is no text,
            or a row breaks the format. The message starts with `file:line`.
    """
    path = pathlib.Path(path)
    ending = _known_ending(path)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "no such file"
        raise ManifestError(f"{path}: {what}. Check the path of the manifest.")
    rows = _READERS[ending](path)
    return next(rows), rows


def write_rows(
    path: str | os.PathLike, columns: Sequence[str], rows: Iterable[Mapping[str, str]]
) -> None:
    """Table of `rows` at `path`, whole or not at all.

    The bytes go to a temporary name beside `path`, which replaces it at the end.

    Args:
        path: File that ends in one of `TABLE_ENDINGS`; its folder is created.
        columns: Column names in order.
        rows: One value for each column.

    Raises:
        ManifestError: if the ending is unknown, or a value cannot stand in the
            format (a tab or line break in TSV).
    """
    path = pathlib.Path(path)
    ending = _known_ending(path)
    write = _WRITERS[ending]
    replace_file(path, lambda stream: write(stream, path, list(columns), rows))


def _known_ending(path: pathlib.Path) -> str:
    ending = table_ending(path)
    if ending is None:
        raise ManifestError(
            f"{path}: a manifest's name must end in one of "
            f"{', '.join(TABLE_ENDINGS)}. Rename or convert the file."
        )
    return ending
