"""Published lists of folds as they lie on disk: a table, or a folder of EmoBox."""

from __future__ import annotations

import json
import os
import pathlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from satn_keras.corpora.tables import read_rows
from satn_keras.errors import ProtocolError

# What publications call the parts.
_PARTS = {
    "train": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "development": "validation",
    "test": "test",
}
# EmoBox writes fold_1/iemocap_train_fold_1.jsonl; EmoDB also has the older
# fold_1/emodb_train_fold1.jsonl beside it, with other names for the fields.
_EMOBOX_FOLDER = re.compile(r"fold_?(\d+)")
_EMOBOX_FILE = re.compile(r"(.+)_(train|valid|test)_fold(_?)(\d+)\.jsonl")
_EMOBOX_LAYOUT = "fold_1/corpus_train_fold_1.jsonl"


class Entry(NamedTuple):
    """One line of a list: which utterance is in which part of which fold.

    Args:
        where: File and line.
        fold: Name of the fold.
        part: "train", "validation" or "test".
        key: Utterance, in the publisher's words.
        path: Its sound file, in the publisher's folders; "" where the list has none.
        dataset: Its corpus, "" where the list has none.
    """

    where: str
    fold: str
    part: str
    key: str
    path: str = ""
    dataset: str = ""


def read_fold_list(path: str | os.PathLike) -> list[Entry]:
    """Lines of a published list of folds.

    Args:
        path: A table (.csv, .tsv, .jsonl, .parquet) with the columns key, fold and
            part, one line for each utterance of each fold; or with key and fold,
            where the fold tests the utterance and all others train on it. Or an
            EmoBox folder of one corpus, which holds fold_1/, fold_2/ and so on.

    Raises:
        ManifestError: if a table is broken. The message starts with `file:line`.
        ProtocolError: if there is no such file, its columns or values are others,
            or a fold of EmoBox lacks its train or test file.
    """
    path = pathlib.Path(path)
    if not path.exists():
        raise ProtocolError(
            f"{path}: no such list of folds. Check `file` of the protocol."
        )
    if _EMOBOX_FILE.fullmatch(path.name):
        raise ProtocolError(
            f"{path}: one part of one fold of EmoBox. Give the folder of the corpus, "
            "which holds fold_1 and so on."
        )
    return list(_emobox(path) if path.is_dir() else _table(path))


def _table(path: pathlib.Path) -> Iterator[Entry]:
    columns, rows = read_rows(path)
    if sorted(columns) not in (["fold", "key", "part"], ["fold", "key"]):
        raise ProtocolError(
            f"{path}:1: the columns must be key, fold and part, or key and fold. "
            f"Received: {', '.join(columns)}. Rename or remove columns."
        )
    entries = []
    for row in rows:
        where = f"{path}:{row.line}"
        absent = [name for name in columns if not row.values.get(name)]
        if absent:
            raise ProtocolError(
                f"{where}: column {absent[0]!r} must not be empty. Fill it in."
            )
        fold = row.values["fold"]
        part = _part(where, row.values["part"]) if "part" in columns else "test"
        name = f"fold_{int(fold)}" if fold.isdecimal() else fold
        entries.append(Entry(where, name, part, row.values["key"]))
    return iter(entries) if "part" in columns else _with_training(entries)


def _with_training(entries: list[Entry]) -> Iterator[Entry]:
    """Each utterance tests its own fold and trains all others."""
    folds = sorted({entry.fold for entry in entries})
    for fold in folds:
        for entry in entries:
            part = "test" if entry.fold == fold else "train"
            yield entry._replace(fold=fold, part=part)


def _part(where: str, word: str) -> str:
    part = _PARTS.get(word.lower())
    if part is None:
        raise ProtocolError(
            f"{where}: part must be train, validation or test. Received: {word!r}."
        )
    return part


def _emobox(folder: pathlib.Path) -> Iterator[Entry]:
    folds = {
        int(match[1]): child
        for child in sorted(folder.iterdir())
        if child.is_dir() and (match := _EMOBOX_FOLDER.fullmatch(child.name))
    }
    if not folds:
        raise ProtocolError(
            f"{folder}: no folds as EmoBox lays them out ({_EMOBOX_LAYOUT}). Give the "
            "folder of one corpus, or a table with the columns key, fold and part."
        )
    for number, child in sorted(folds.items()):
        for part, file in _emobox_files(child, number).items():
            for line, values in _json_lines(file):
                yield _emobox_entry(f"{file}:{line}", f"fold_{number}", part, values)


def _emobox_files(folder: pathlib.Path, number: int) -> dict[str, pathlib.Path]:
    """File of each part; the newer layout where a fold has both."""
    files: dict[str, tuple[str, pathlib.Path]] = {}
    for file in sorted(folder.iterdir()):
        match = _EMOBOX_FILE.fullmatch(file.name)
        if match is None or int(match[4]) != number:
            continue
        part, layout = _PARTS[match[2]], match[3]
        before = files.get(part)
        if before is not None and before[0] == layout:
            raise ProtocolError(
                f"{folder}: two {match[2]} files, {before[1].name} and {file.name}. "
                "Keep one corpus in a folder."
            )
        if before is None or layout:
            files[part] = layout, file
    for part in ("train", "test"):
        if part not in files:
            raise ProtocolError(
                f"{folder}: no {part} file as EmoBox names it ({_EMOBOX_LAYOUT}). "
                "Fetch the folder again."
            )
    return {part: file for part, (_, file) in files.items()}


def _json_lines(file: pathlib.Path) -> Iterator[tuple[int, dict]]:
    """Number and object of each line. Floats are allowed, unlike in a manifest."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ProtocolError(
            f"{file}: cannot be read as text in UTF-8 ({error}). Fetch it again."
        ) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except json.JSONDecodeError as error:
            raise ProtocolError(
                f"{file}:{number}: not valid JSON ({error.msg}). Fetch the file again."
            ) from error
        if not isinstance(values, dict):
            raise ProtocolError(
                f"{file}:{number}: an object must stand on each line. Received: "
                f"{type(values).__name__}."
            )
        yield number, values


def _emobox_entry(where: str, fold: str, part: str, values: dict) -> Entry:
    named = {
        "key": values.get("key", ""),
        "wav": values.get("wav", values.get("audio", "")),
        "dataset": values.get("dataset", ""),
    }
    for name, value in named.items():
        if not isinstance(value, str) or (name == "key" and not value.strip()):
            raise ProtocolError(
                f"{where}: {name!r} must be a text that names the utterance. "
                f"Received: {value!r}."
            )
    key, path, dataset = (value.strip() for value in named.values())
    return Entry(where, fold, part, key, path, dataset)
