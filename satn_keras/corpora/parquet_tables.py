"""Parquet tables as numbered rows of strings, and back."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

from satn_keras.corpora.rows import Row
from satn_keras.errors import ManifestError


def read_parquet(path: pathlib.Path) -> Iterator:
    """The columns of a Parquet file first, then each `Row`."""
    pa, pq = _pyarrow(path)
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise ManifestError(
            f"{path}: not a Parquet file ({reason}). Write the manifest again."
        ) from error
    for field in file.schema_arrow:
        coded = pa.types.is_dictionary(field.type)
        kind = field.type.value_type if coded else field.type
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
    yield list(file.schema_arrow.names)
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


def write_parquet(stream, path, columns, rows) -> None:
    """Parquet table of strings, written to `stream`."""
    pa, pq = _pyarrow(path)
    schema = pa.schema([(name, pa.string()) for name in columns])
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema), stream)


def _pyarrow(path: pathlib.Path):
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ManifestError(
            f"{path}: Parquet needs pyarrow, which does not load "
            f"({' '.join(str(error).split())}). Use .csv or .jsonl, or install a "
            "pyarrow that fits."
        ) from error
    return pyarrow, pyarrow.parquet
