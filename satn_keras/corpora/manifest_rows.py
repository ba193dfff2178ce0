"""Rows of a table as utterances, or the row and the rule that it breaks."""

from __future__ import annotations

import collections
import difflib
import os
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from satn_keras.corpora.rows import Row
from satn_keras.corpora.utterance import COLUMNS, REQUIRED_COLUMNS, Utterance
from satn_keras.errors import ManifestError

if TYPE_CHECKING:
    import pandas as pd


def check_columns(
    path: str | os.PathLike, columns: Sequence[str], line: int = 1
) -> None:
    """Nothing, if `columns` are those of a manifest.

    Args:
        path: File that the message names.
        columns: Column names as found.
        line: Line that the message names.

    Raises:
        ManifestError: if a required column is missing or one is unknown.
    """
    for name in REQUIRED_COLUMNS:
        if name not in columns:
            raise ManifestError(
                f"{path}:{line}: column {name!r} is missing. "
                f"Received: {', '.join(columns)}.{_separator_hint(columns)} "
                f"Add the column, or rename the one that holds the {name}."
            )
    for name in columns:
        if name not in COLUMNS:
            raise ManifestError(
                f"{path}:{line}: column {name!r} is unknown. {near_column(name)}"
            )


def utterances_of(
    path: str | os.PathLike,
    rows: Iterable[Row],
    folder: str | os.PathLike | None = "",
) -> list[Utterance]:
    """Utterances of a table's rows, with keys made up where they are absent.

    Args:
        path: File that the messages name.
        rows: Rows with the columns of a manifest; absent ones count as empty.
        folder: Where relative sound paths start; "" is the file's own folder,
            None leaves the paths as they are.

    Raises:
        ManifestError: if there is no row, or a value breaks a rule.
    """
    if folder == "":
        folder = pathlib.Path(path).parent
    rows = list(rows)
    if not rows:
        raise ManifestError(
            f"{path}: the table has no utterance. Write one row for each sound file."
        )
    stems = collections.Counter(_stem(row.values.get("path", "")) for row in rows)
    lines: dict[str, int] = {}
    utterances = []
    for line, values in rows:
        unknown = next((name for name in values if name not in COLUMNS), None)
        if unknown is not None:  # only JSONL, whose lines may differ
            raise ManifestError(
                f"{path}:{line}: column {unknown!r} is unknown. {near_column(unknown)}"
            )
        written = values.get("path", "")
        stem = _stem(written)
        made_up = stem if stems[stem] == 1 else os.path.splitext(written)[0]
        fields = {name: values.get(name, "") for name in COLUMNS}
        fields["key"] = fields["key"] or made_up
        if written and folder is not None:
            fields["path"] = os.path.abspath(os.path.join(folder, written))
        try:
            utterance = Utterance(**fields)
        except ManifestError as error:
            raise ManifestError(f"{path}:{line}: {error}") from error
        if utterance.key in lines:
            raise ManifestError(
                f"{path}:{line}: column 'key' must be unique. "
                f"Received: {utterance.key!r}, also on line {lines[utterance.key]}. "
                "Rename one of them."
            )
        lines[utterance.key] = line
        utterances.append(utterance)
    return utterances


def frame_rows(frame: pd.DataFrame) -> Iterator[Row]:
    """Rows of a pandas table, numbered from 1; a missing value is ""."""
    import pandas as pd

    names = [str(name) for name in frame.columns]
    for number, record in enumerate(frame.itertuples(index=False, name=None), start=1):
        values = {}
        for name, value in zip(names, record, strict=True):
            if isinstance(value, float) and not pd.isna(value):
                raise ManifestError(
                    f"table:{number}: column {name!r} must hold strings. "
                    f"Received: {value!r}. Read the table with dtype=str."
                )
            values[name] = "" if pd.isna(value) else str(value).strip()
        yield Row(number, values)


def near_column(name: str) -> str:
    """Remedy for an unknown column: the near name, or all of them."""
    close = difflib.get_close_matches(name, COLUMNS, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Remove it; known columns: {', '.join(COLUMNS)}."


def _stem(path: str) -> str:
    return pathlib.PurePath(path).stem


def _separator_hint(columns: Sequence[str]) -> str:
    if len(columns) == 1 and any(mark in columns[0] for mark in ";\t|"):
        return " A CSV file separates its values with commas."
    return ""
