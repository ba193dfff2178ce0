"""Reader of nEMO, acted emotional speech in Polish (Christop 2024)."""

from __future__ import annotations

import os
import pathlib
import re

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.rows import Row
from satn_keras.corpora.tables import read_rows
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError, ManifestError

# nEMO's own words: "surprised", not "surprise".
NEMO_EMOTIONS = ("anger", "fear", "happiness", "neutral", "sadness", "surprised")
TABLE_COLUMNS = ("file_id", "emotion", "raw_text", "speaker_id", "gender")
FILE_NAME = re.compile(
    r"(?P<speaker>[A-Z]{2}\d)_"
    rf"(?P<emotion>{'|'.join(NEMO_EMOTIONS)})_"
    r"(?P<sentence>\d+)"
    r"\.(?P<ending>wav|flac)"
)
REMEDY = "Get an unchanged copy of the corpus."
NEMO_CARD = DataCard(
    name="nemo",
    title="nEMO",
    url="https://github.com/amu-cai/nEMO",
    licence="CC BY-NC-SA 4.0",
    access="public",
    language="pl",
    speakers=9,
    utterances=4481,
    classes=NEMO_EMOTIONS,
    reference="Christop, nEMO: Dataset of Emotional Speech in Polish, LREC-COLING 2024",
    notes=(
        "labels keep the corpus's words (anger, surprised); the class sets nemo-6 and "
        "common-4 know them",
        "speaker_id is padded with blanks, and quotes in the texts are plain marks",
        "speaker MK0 has no surprised utterance, MP0 about half as many as the others",
    ),
)


def read_nemo(root: str | os.PathLike) -> Manifest:
    """Manifest of a nEMO folder in its published layout, or of a part of it.

    Speaker, emotion and sentence come from the file name and must agree with
    `data.tsv`. The text is `raw_text`, with capitals and punctuation. Labels keep
    nEMO's own words; the session is the speaker. A sound file may end in .wav or
    .flac, whichever of the two the table says.

    Args:
        root: Folder that holds `data.tsv` and `samples/`.

    Raises:
        CorpusError: if a file is missing, not in the table, or its name and its
            row disagree. The message names the table's line or the file.

    References:
        Christop, nEMO: Dataset of Emotional Speech in Polish, LREC-COLING 2024.
    """
    root = pathlib.Path(root)
    table, samples = root / "data.tsv", root / "samples"
    for path in (table, samples):
        if not path.exists():
            raise CorpusError(
                f"{path}: missing. A nEMO folder holds data.tsv and samples/. "
                "Check the path of the corpus."
            )
    files = {
        path.stem: path
        for path in sorted(samples.iterdir())
        if path.suffix in (".wav", ".flac")
    }
    rows = _rows(table)
    utterances = [_utterance(table, row, files) for row in rows]
    _check_once(table, rows, utterances)
    unlisted = sorted(files.keys() - {utterance.key for utterance in utterances})
    if unlisted:
        raise CorpusError(
            f"{files[unlisted[0]]}: not in {table.name}, and {len(unlisted) - 1} "
            f"others neither. {REMEDY}"
        )
    return Manifest(utterances)


def _rows(table: pathlib.Path) -> list[Row]:
    try:
        columns, rows = read_rows(table)
        _check_header(table, columns)
        return list(rows)
    except ManifestError as error:
        raise CorpusError(str(error)) from error


def _check_once(
    table: pathlib.Path, rows: list[Row], utterances: list[Utterance]
) -> None:
    lines: dict[str, int] = {}
    for row, utterance in zip(rows, utterances, strict=True):
        first = lines.setdefault(utterance.key, row.line)
        if first != row.line:
            raise CorpusError(
                f"{table}:{row.line}: {utterance.key!r} is also on line {first}. "
                f"{REMEDY}"
            )


def _check_header(table: pathlib.Path, columns: list[str]) -> None:
    for name in TABLE_COLUMNS:
        if name not in columns:
            raise CorpusError(
                f"{table}:1: column {name!r} is missing. "
                f"Received: {', '.join(columns)}. {REMEDY}"
            )


def _utterance(
    table: pathlib.Path, row: Row, files: dict[str, pathlib.Path]
) -> Utterance:
    line, values = row  # stripped: `speaker_id` is padded with blanks
    file_id = values["file_id"]
    name = FILE_NAME.fullmatch(file_id)
    if name is None:
        raise CorpusError(
            f"{table}:{line}: file_id {file_id!r} is not of the form "
            f"speaker_emotion_sentence.wav with an emotion of "
            f"{', '.join(NEMO_EMOTIONS)}. {REMEDY}"
        )
    for part, column in (("speaker", "speaker_id"), ("emotion", "emotion")):
        if name[part] != values[column]:
            raise CorpusError(
                f"{table}:{line}: file_id {file_id!r} says {part} {name[part]!r}, "
                f"column {column!r} says {values[column]!r}. {REMEDY}"
            )
    stem = file_id.removesuffix(f".{name['ending']}")
    if stem not in files:
        raise CorpusError(f"{table}:{line}: samples/{file_id} is missing. {REMEDY}")
    try:
        return Utterance(
            key=stem,
            path=os.path.abspath(files[stem]),
            speaker=name["speaker"],
            label=name["emotion"],
            text=values["raw_text"],
            language="pl",
            dataset="nemo",
            session=name["speaker"],
            sentence=name["sentence"],
            gender=values["gender"],
            style="acted",
        )
    except ManifestError as error:
        raise CorpusError(f"{table}:{line}: {error}") from error
