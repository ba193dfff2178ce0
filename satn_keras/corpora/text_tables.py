"""CSV, TSV and JSONL tables as numbered rows of strings, and back."""

from __future__ import annotations

import csv
import gzip
import io
import json
import pathlib
import zlib
from collections.abc import Iterator
from typing import Any

from satn_keras.corpora.rows import Row
from satn_keras.errors import ManifestError


def read_csv(path: pathlib.Path) -> Iterator:
    """The columns of a CSV file first, then each `Row`."""
    lines = _Lines(path)
    return _records(lines, csv.reader(lines, strict=True))


def read_tsv(path: pathlib.Path) -> Iterator:
    """The columns of a TSV file first, then each `Row`; quotes are plain marks."""
    lines = _Lines(path)
    reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return _records(lines, reader)


def read_jsonl(path: pathlib.Path) -> Iterator:
    """The columns of a JSONL file's first line first, then each `Row`."""
    lines = _Lines(path)
    started = False
    for text in lines:
        if not text.strip():
            continue
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise lines.fault(
                f"not valid JSON at character {error.pos + 1} ({error.msg}). "
                "Write one whole object on each line."
            ) from error
        if not isinstance(values, dict):
            raise lines.fault(
                f"a {type(values).__name__} where an object must stand. "
                "Write one whole object on each line."
            )
        row = Row(
            lines.number,
            {name: _json_text(lines, name, value) for name, value in values.items()},
        )
        if not started:
            started = True
            yield list(row.values)
        yield row
    if not started:
        raise ManifestError(
            f"{lines.path}: the file is empty. Write one JSON object on each line."
        )


def write_csv(stream, path, columns, rows) -> None:
    """CSV table, written to `stream`; `path` is what an error names."""
    with io.TextIOWrapper(stream, encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([row[name] for name in columns] for row in rows)


def write_tsv(stream, path, columns, rows) -> None:
    """TSV table without quotes, written to `stream`."""
    with io.TextIOWrapper(stream, encoding="utf-8", newline="") as text:
        text.write("\t".join(columns) + "\n")
        for number, row in enumerate(rows, start=2):
            for name in columns:
                if any(mark in row[name] for mark in "\t\n\r"):
                    raise ManifestError(
                        f"{path}:{number}: column {name!r} must hold no tab and no "
                        f"line break in TSV. Received: {row[name]!r}. "
                        "Write .csv or .jsonl instead."
                    )
            text.write("\t".join(row[name] for name in columns) + "\n")


def write_jsonl(stream, path, columns, rows) -> None:
    """JSONL table, written to `stream`."""
    for row in rows:
        values = {name: row[name] for name in columns}
        stream.write(json.dumps(values, ensure_ascii=False).encode("utf-8") + b"\n")


def write_jsonl_gz(stream, path, columns, rows) -> None:
    """Packed JSONL table, written to `stream`."""
    # No time and no name in the header: the same rows give the same bytes.
    with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed:
        write_jsonl(packed, path, columns, rows)


class _Lines:
    """Text lines of one file; counts them and names the line in each error."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        self.number = 0

    def fault(self, rule: str, line: int | None = None) -> ManifestError:
        return ManifestError(f"{self.path}:{line or self.number or 1}: {rule}")

    def __iter__(self) -> Iterator[str]:
        opened = gzip.open if self.path.name.lower().endswith(".gz") else open
        try:
            with opened(self.path, "rb") as stream:
                for self.number, line in enumerate(stream, start=1):
                    yield self._text(line)
        except (OSError, EOFError, zlib.error) as error:
            raise self.fault(
                f"the file cannot be read ({error}). Write the manifest again."
            ) from error

    def _text(self, line: bytes) -> str:
        try:
            text = line.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise self.fault(
                f"byte 0x{line[error.start]:02x} is not UTF-8 text. "
                "Save the manifest as text in UTF-8."
            ) from error
        if "\0" in text:
            raise self.fault(
                "a zero byte: this is not a text file. "
                "Save the manifest as text in UTF-8."
            )
        return text


def _records(lines: _Lines, reader) -> Iterator:
    columns: list[str] = []
    start = 1  # a quoted value may hold line breaks, a record then ends lower down
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise lines.fault(
                f"the record that starts here is not valid CSV ({error}). "
                "Double each quote inside a quoted value.",
                start,
            ) from error
        if record is None:
            break
        if any(value.strip() for value in record):
            if columns:
                yield Row(start, _named(lines, start, columns, record))
            else:
                columns = _header(lines, start, record)
                yield columns
        start = reader.line_num + 1
    if not columns:
        raise ManifestError(
            f"{lines.path}: the file is empty. The first line must name the columns."
        )


def _header(lines: _Lines, line: int, record: list[str]) -> list[str]:
    columns = [name.strip() for name in record]
    for name in columns:
        if not name:
            raise lines.fault(
                "the header has a column without a name. "
                "Name it, or write the table without row numbers.",
                line,
            )
        if columns.count(name) > 1:
            raise lines.fault(
                f"column {name!r} stands twice in the header. Keep one of them.", line
            )
    return columns


def _named(
    lines: _Lines, line: int, columns: list[str], record: list[str]
) -> dict[str, str]:
    if len(record) != len(columns):
        raise lines.fault(
            f"{len(record)} values for {len(columns)} columns. "
            "Put a value that holds the separator in quotes (CSV), "
            "and fill every column.",
            line,
        )
    return {name: value.strip() for name, value in zip(columns, record, strict=True)}


def _json_text(lines: _Lines, column: str, value: Any) -> str:
    if value is None:
        return ""
    # A float has lost its spelling (1.10 reads as 1.1), a whole number has not.
    if isinstance(value, str) or type(value) is int:
        return str(value).strip()
    raise lines.fault(
        f"column {column!r} must be a string. Received: {json.dumps(value)}. "
        "Put the value in quotes."
    )
