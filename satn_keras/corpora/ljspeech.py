"""Reader of LJ Speech, one voice reading books in English (Ito and Johnson 2017)."""

from __future__ import annotations

import os
import pathlib

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.sound_files import require, sounds_below
from satn_keras.corpora.text_lines import numbered_lines
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

LAYOUT = "LJ Speech holds metadata.csv and wavs/."
REMEDY = "Get an unchanged copy of the corpus."
LJSPEECH_NAMES = NamePattern(
    "LJ Speech",
    "LJ001-0002",
    (
        "LJ",
        Part("book", "[0-9]{3}", "three digits"),
        "-",
        Part("number", "[0-9]{4}", "four digits"),
    ),
)
LJSPEECH_CARD = DataCard(
    name="ljspeech",
    title="The LJ Speech Dataset",
    url="https://keithito.com/LJ-Speech-Dataset/",
    licence="public domain",
    access="public",
    language="en",
    speakers=1,
    utterances=13100,
    classes=(),
    reference="Ito and Johnson, The LJ Speech Dataset, 2017",
    notes=(
        "one speaker: a teacher that learns from it needs others to validate and test",
        "texts are the normalised ones, numbers in words",
    ),
)


def read_ljspeech(root: str | os.PathLike) -> Manifest:
    """Manifest of LJ Speech, such as wavs/LJ001-0002.wav.

    Args:
        root: Folder that holds metadata.csv and wavs/.

    Raises:
        CorpusError: if the table or a sound is missing, a line has not three values
            with bars between them, or a name does not fit.

    References:
        Ito and Johnson, https://keithito.com/LJ-Speech-Dataset/.
    """
    root = pathlib.Path(os.path.abspath(root))
    table = require(root / "metadata.csv", LAYOUT)
    files = sounds_below(root / "wavs", LAYOUT)
    return Manifest(
        _utterance(table, number, line, files)
        for number, line in numbered_lines(table)
        if line
    )


def _utterance(table: pathlib.Path, number: int, line: str, files) -> Utterance:
    values = line.split("|")  # quotes are plain marks here
    if len(values) != 3:
        raise CorpusError(
            f"{table}:{number}: must be a name and two texts with bars between them. "
            f"Received: {line!r}. {REMEDY}"
        )
    name, _, text = values
    try:
        fields = LJSPEECH_NAMES.parse(name)
    except CorpusError as error:
        raise CorpusError(f"{table}:{number}: {error}") from error
    if name not in files:
        raise CorpusError(f"{table}:{number}: wavs/{name}.wav is missing. {REMEDY}")
    return Utterance(
        key=name,
        path=str(files[name]),
        speaker="LJ",
        text=text,
        language="en",
        dataset="ljspeech",
        session=f"LJ{fields['book']}",
        gender="female",
        style="read",
    )
