"""audformat databases: a header with schemes, and tables of files."""

from __future__ import annotations

import os
import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any

from satn_keras.corpora.exchange.origin import Origin
from satn_keras.corpora.exchange.records import WORDS, utterance_of
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

TABLE = "utterances"
COLUMNS = {
    "emotion": "label",
    "speaker": "speaker",
    "transcription": "text",
    **{name: name for name in ("key", "language", "dataset", "session", "sentence")},
    **{name: name for name in ("gender", "style")},
}


def read_audformat(
    path: str | os.PathLike, root: str | os.PathLike | None = None, dataset: str = ""
) -> Manifest:
    """Manifest of an audformat database, such as one that audb loaded.

    The columns of all tables of whole files are put together by file. Where a scheme
    gives its labels meanings (a speaker's gender, the text of a code), they are
    taken. The key is the file's name where no column holds one.

    Args:
        path: Folder with `db.yaml`.
        root: Where relative files start; the folder when absent.
        dataset: Corpus of the files; the database's name when absent.

    Raises:
        CorpusError: if there is no database, it has no table of whole files, or a
            file has no speaker.
        ImportError: if the extra `audformat` is missing.

    References:
        https://audeering.github.io/audformat/ (data header, tables).
    """
    audformat = _library()
    folder = pathlib.Path(path)
    try:
        database = audformat.Database.load(str(folder), load_data=True)
    except Exception as error:  # the library raises what its parsers raise
        raise CorpusError(
            f"{folder}: no audformat database ({error}). Give the folder of db.yaml."
        ) from error
    records: dict[str, dict[str, str]] = {}
    for name in sorted(database.tables):
        if database.tables[name].type == "filewise":
            _add(records, database, database.tables[name])
    if not records:
        raise CorpusError(
            f"{folder}: no table of whole files, and an utterance is one. Cut the "
            "sounds of the segments first."
        )
    told = any("dataset" in table.columns for table in database.tables.values())
    origin = Origin.of(
        folder / "db.yaml", root, dataset or ("" if told else database.name)
    )
    return Manifest(
        utterance_of(f"{folder}: {record['path']}", key, record, origin)
        for key, record in _keyed(records)
    )


def write_audformat(manifest: Manifest, path: str | os.PathLike) -> None:
    """Folder with `db.yaml` and one table, `utterances`, of the files.

    Speakers are a scheme with their genders; files below the folder are written
    relative to it.

    Args:
        manifest: Utterances.
        path: Folder to fill.

    Raises:
        ImportError: if the extra `audformat` is missing.
    """
    audformat = _library()
    folder = pathlib.Path(os.path.abspath(path))
    datasets = sorted({one.dataset for one in manifest if one.dataset})
    database = audformat.Database("_".join(datasets) or "corpus")
    database.schemes["emotion"] = audformat.Scheme(labels=list(manifest.labels))
    genders = {one.speaker: {"gender": one.gender or None} for one in manifest}
    database.schemes["speaker"] = audformat.Scheme(labels=genders)
    files = audformat.filewise_index([_relative(folder, one) for one in manifest])
    table = database[TABLE] = audformat.Table(files)
    for column, field in COLUMNS.items():
        if column not in database.schemes:
            database.schemes[column] = audformat.Scheme("str")
        table[column] = audformat.Column(scheme_id=column)
        table[column].set([getattr(one, field) or None for one in manifest])
    _save(database, folder)


def _save(database: Any, folder: pathlib.Path) -> None:
    """The database's files in the folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".part-") as part:
        database.save(part, storage_format="csv")
        for name in sorted(os.listdir(part), key=lambda name: name == "db.yaml"):
            os.replace(os.path.join(part, name), folder / name)  # the header last


def _library():
    try:
        import audformat
    except ImportError as error:
        raise ImportError(
            "audformat tables need the package audformat: pip install "
            "'satn-keras[audformat]'"
        ) from error
    return audformat


def _relative(folder: pathlib.Path, one: Utterance) -> str:
    path = pathlib.Path(os.path.abspath(one.path))
    inside = path.is_relative_to(folder)
    return path.relative_to(folder).as_posix() if inside else str(path)


def _add(records: dict, database: Any, table: Any) -> None:
    """The values of one table, into the records by file."""
    for column_id, column in table.columns.items():
        meanings = _meanings(database, column.scheme_id)
        for file, value in column.get().dropna().items():
            record = records.setdefault(file, {"path": file})
            told = meanings.get(value)
            if isinstance(told, Mapping):
                for name, detail in told.items():
                    record.setdefault(name, "" if detail is None else str(detail))
            texts = isinstance(told, str) and column_id in WORDS["text"]
            record.setdefault(column_id, told if texts else str(value))
    for file in table.files:
        records.setdefault(file, {"path": file})


def _meanings(database: Any, scheme_id: str | None) -> Mapping:
    """What the labels of a scheme mean, none where they are a list."""
    scheme = database.schemes[scheme_id] if scheme_id else None
    labels = getattr(scheme, "labels", None)
    if isinstance(labels, str):  # the name of a table of meanings
        frame = database.misc_tables[labels].get()
        return {label: dict(row.dropna()) for label, row in frame.iterrows()}
    return labels if isinstance(labels, Mapping) else {}


def _keyed(records: dict[str, dict[str, str]]) -> list[tuple[str, dict[str, str]]]:
    """Key and record of each file; no key hides another one like it."""
    stems = [pathlib.PurePath(file).stem for file in records]
    unique = len(set(stems)) == len(stems)
    names = stems if unique else [os.path.splitext(file)[0] for file in records]
    return [
        (record.get("key") or name, record)
        for name, record in zip(names, records.values(), strict=True)
    ]
