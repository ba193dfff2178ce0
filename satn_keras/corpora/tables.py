"""Tables of text on disk as numbered rows of strings, and back."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import pathlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from satn_keras.errors import ManifestError

TABLE_ENDINGS = (".csv", ".tsv", ".jsonl", ".jsonl.gz", ".parquet")


class Row(NamedTuple):
    """One record of a table.

    Args:
        line: Line of the file, the first is 1. In Parquet, which has no lines,
            the record's number, the first is 1.
        values: Value of each column, stripped of blanks. Absent is "".
    """

    line: int
    values: dict[str, str]


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
    if ending == ".parquet":
        return _parquet_rows(path)
    lines = _Lines(path)
    rows = _json_rows(lines) if ending.startswith(".jsonl") else _csv_rows(lines)
    columns = next(rows)
    return columns, rows


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
    writer = {
        ".csv": _write_csv,
        ".tsv": _write_tsv,
        ".jsonl": _write_jsonl,
        ".jsonl.gz": _write_jsonl_gz,
        ".parquet": _write_parquet,
    }[ending]
    replace_file(path, lambda stream: writer(stream, path, list(columns), rows))


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


def _known_ending(path: pathlib.Path) -> str:
    ending = table_ending(path)
    if ending is None:
        raise ManifestError(
            f"{path}: a manifest's name must end in one of "
            f"{', '.join(TABLE_ENDINGS)}. Rename or convert the file."
        )
    return ending


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
        except (OSError, EOFError) as error:
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


def _csv_rows(lines: _Lines) -> Iterator:
    """The columns first, then each row."""
    if table_ending(lines.path) == ".tsv":
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(lines, strict=True)
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


def _json_rows(lines: _Lines) -> Iterator:
    """The columns first, then each row."""
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


def _parquet_rows(path: pathlib.Path) -> tuple[list[str], Iterator[Row]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise ManifestError(
            f"{path}: not a Parquet file ({_one_line(error)}). "
            "Write the manifest again."
        ) from error
    for field in file.schema_arrow:
        kind = field.type.value_type if _is_dictionary(pa, field.type) else field.type
        if not (
            pa.types.is_string(kind)
            or pa.types.is_large_string(kind)
            or pa.types.is_string_view(kind)
            or pa.types.is_integer(kind)
            or pa.types.is_null(kind)
        ):
            raise ManifestError(
                f"{path}: column {field.name!r} must hold strings. "
                f"Received: {field.type}. Convert the column."
            )
    return list(file.schema_arrow.names), _parquet_records(file)


def _is_dictionary(pa, kind) -> bool:
    return pa.types.is_dictionary(kind)


def _parquet_records(file) -> Iterator[Row]:
    number = 0
    with file:
        for batch in file.iter_batches():
            for values in batch.to_pylist():
                number += 1
                yield Row(
                    number,
                    {
                        name: "" if value is None else str(value).strip()
                        for name, value in values.items()
                    },
                )


def _write_csv(stream, path, columns, rows) -> None:
    with io.TextIOWrapper(stream, encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([row[name] for name in columns] for row in rows)


def _write_tsv(stream, path, columns, rows) -> None:
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


def _write_jsonl(stream, path, columns, rows) -> None:
    for row in rows:
        values = {name: row[name] for name in columns}
        stream.write(json.dumps(values, ensure_ascii=False).encode("utf-8") + b"\n")


def _write_jsonl_gz(stream, path, columns, rows) -> None:
    # No time and no name in the header: the same rows give the same bytes.
    with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed:
        _write_jsonl(packed, path, columns, rows)


def _write_parquet(stream, path, columns, rows) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in columns])
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema), stream)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
