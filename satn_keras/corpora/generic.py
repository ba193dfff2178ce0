"""Reader of any table of speech that names files and speakers in its own words."""

from __future__ import annotations

import difflib
import os
import pathlib
from collections.abc import Iterator, Sequence

from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.manifest_rows import utterances_of
from satn_keras.corpora.rows import Row
from satn_keras.corpora.tables import read_rows, table_ending
from satn_keras.corpora.utterance import COLUMNS
from satn_keras.errors import CorpusError, ManifestError

# Other words that published tables use for our columns.
COLUMN_ALIASES = {
    "path": ("file", "filename", "file_name", "filepath", "file_path", "wav", "audio"),
    "speaker": ("speaker_id", "spk", "client_id", "actor"),
    "label": ("emotion",),
    "text": ("transcript", "transcription"),
    "key": ("id", "utterance", "utterance_id"),
    "gender": ("sex",),
    "language": ("lang", "locale"),
    "dataset": ("corpus",),
}
GENDER_ALIASES = {
    "female": ("f", "female", "female_feminine", "woman", "w"),
    "male": ("m", "male", "male_masculine", "man"),
    "other": ("o", "other", "x", "nonbinary", "non-binary"),
    "": ("", "unknown", "u", "na", "n/a", "none", "-"),
}


def read_table(root: str | os.PathLike) -> Manifest:
    """Manifest of a CSV, TSV, JSONL or Parquet table of speech.

    A table needs a column for the path (`path`, `file`, `filename`, `wav`, ...)
    and one for the speaker (`speaker`, `speaker_id`, `client_id`, ...). The
    columns `emotion`, `transcript`, `sex` and their like are understood, genders
    such as "f" and "M" too; columns without a place in a manifest are left out.

    Args:
        root: The table, or a folder with one table in it.

    Raises:
        CorpusError: if the table is missing, is not the only one in the folder,
            or breaks a rule of manifests. The message names file and line.
    """
    root = pathlib.Path(root)
    path = _only_table(root) if root.is_dir() else root
    try:
        columns, rows = read_rows(path)
        names = _own_names(path, columns)
        return Manifest(utterances_of(path, _translated(path, names, rows)))
    except ManifestError as error:
        raise CorpusError(str(error)) from error


def _only_table(root: pathlib.Path) -> pathlib.Path:
    tables = sorted(path for path in root.iterdir() if table_ending(path))
    fitting = [path for path in tables if _holds_speech(path)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        found = ", ".join(path.name for path in fitting)
        raise CorpusError(
            f"{root}: the folder must hold one table of speech. Found: {found}. "
            "Give the path of the table itself."
        )
    names = sorted(path.name + "/" * path.is_dir() for path in root.iterdir())
    found = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    raise CorpusError(
        f"{root}: no table (.csv, .tsv, .jsonl, .parquet) with columns for path and "
        f"speaker. Found: {found or 'an empty folder'}. Check the folder, or write "
        "such a table."
    )


def _holds_speech(path: pathlib.Path) -> bool:
    try:
        columns, _ = read_rows(path)
    except ManifestError:
        return False
    ours = {_own_name(name) for name in columns}
    return {"path", "speaker"} <= ours


def _own_name(column: str) -> str | None:
    """Our word for a column, None when a manifest has no place for it."""
    name = column.strip().lower()
    if name in COLUMNS:
        return name
    return next((ours for ours, all_ in COLUMN_ALIASES.items() if name in all_), None)


def _own_names(path: pathlib.Path, columns: Sequence[str]) -> dict[str, str]:
    """Column of the table for each of our columns that it has."""
    names: dict[str, str] = {}
    for column in columns:
        ours = _own_name(column)
        if ours is None:
            _refuse_misspelling(path, column)
        elif ours == column.strip().lower() or ours not in names:
            names[ours] = column  # our own word goes before an alias
    for ours in ("path", "speaker"):
        if ours not in names:
            words = ", ".join((ours, *COLUMN_ALIASES[ours]))
            raise CorpusError(
                f"{path}:1: no column for the {ours} ({words}). "
                f"Received: {', '.join(columns)}. Rename the column that holds it."
            )
    return names


def _refuse_misspelling(path: pathlib.Path, column: str) -> None:
    # Left out in silence, a "lable" would cost the labels.
    close = difflib.get_close_matches(column.strip().lower(), COLUMNS, 1, cutoff=0.8)
    if close:
        raise CorpusError(
            f"{path}:1: column {column!r} is unknown. Did you mean {close[0]!r}? "
            "Rename or remove it."
        )


def _translated(path, names: dict[str, str], rows: Iterator[Row]) -> Iterator[Row]:
    for line, values in rows:
        ours = {name: values.get(column, "") for name, column in names.items()}
        if "gender" in ours:
            ours["gender"] = _gender(path, line, names["gender"], ours["gender"])
        yield Row(line, ours)


def _gender(path, line: int, column: str, word: str) -> str:
    for gender, words in GENDER_ALIASES.items():
        if word.strip().lower() in words:
            return gender
    raise CorpusError(
        f"{path}:{line}: column {column!r} must be female, male, other, one of their "
        f"short forms or empty. Received: {word!r}. Replace the value."
    )
