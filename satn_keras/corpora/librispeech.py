"""Reader of LibriSpeech's layout, read books in English (Panayotov et al. 2015)."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.sound_files import sounds_below
from satn_keras.corpora.text_lines import numbered_lines
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

GENDERS = {"F": "female", "M": "male"}
LIBRISPEECH_NAMES = NamePattern(
    "LibriSpeech",
    "84-121123-0000",
    (
        Part("reader", "[0-9]+", "a number"),
        "-",
        Part("chapter", "[0-9]+", "a number"),
        "-",
        Part("utterance", "[0-9]{4}", "four digits"),
    ),
)
LAYOUT = "LibriSpeech is folders READER/CHAPTER of FLAC files and a .trans.txt each."
LIBRISPEECH_CARD = DataCard(
    name="librispeech",
    title="LibriSpeech",
    url="https://www.openslr.org/12",
    licence="CC BY 4.0",
    access="public",
    language="en",
    speakers=2484,
    utterances=292367,
    classes=(),
    reference="Panayotov et al., Librispeech: an ASR corpus based on public domain "
    "audio books, ICASSP 2015",
    notes=("any part of it, such as the folder train-clean-100, is read as well",),
)


def read_librispeech(root: str | os.PathLike) -> Manifest:
    """Manifest of LibriSpeech, or of any folder laid out as READER/CHAPTER/.

    The session is the chapter; genders come from SPEAKERS.TXT, in the folder or
    the one above it, where it is there.

    Args:
        root: The folder LibriSpeech, or one of its parts.

    Raises:
        CorpusError: if there is no sound, a name does not fit, or a sound has no
            line in its chapter's .trans.txt, or a line no sound.

    References:
        Panayotov et al., ICASSP 2015; layout as on https://www.openslr.org/12.
    """
    root = pathlib.Path(os.path.abspath(root))
    files = sounds_below(root, LAYOUT)
    genders = _genders(root)
    texts: dict[str, str] = {}
    for folder in sorted({path.parent for path in files.values()}):
        for table in sorted(folder.glob("*.trans.txt")):
            texts |= _texts(table, files)
    return Manifest(_utterance(path, texts, genders) for path in files.values())


def _utterance(
    path: pathlib.Path, texts: dict[str, str], genders: dict[str, str]
) -> Utterance:
    fields = LIBRISPEECH_NAMES.read(path)
    if path.stem not in texts:
        raise CorpusError(
            f"{path}: no line in {path.parent}/*.trans.txt. Get an unchanged copy of "
            "the corpus."
        )
    return Utterance(
        key=path.stem,
        path=str(path),
        speaker=fields["reader"],
        text=texts[path.stem],
        language="en",
        dataset="librispeech",
        session=fields["chapter"],
        gender=genders.get(fields["reader"], ""),
        style="read",
    )


def _texts(table: pathlib.Path, files: dict) -> dict[str, str]:
    texts = {}
    for number, line in numbered_lines(table):
        name, _, text = line.partition(" ")
        if not line:
            continue
        if name not in files:
            raise CorpusError(
                f"{table}:{number}: no sound {name}.flac. Unpack the whole archive."
            )
        texts[name] = text.strip()
    return texts


def _genders(root: pathlib.Path) -> dict[str, str]:
    """Gender by reader; a line is `14 | F | train-clean-360 | 25.03 | Name`."""
    found = [path / "SPEAKERS.TXT" for path in (root, root.parent)]
    table = next((path for path in found if path.exists()), None)
    return dict(_speakers(table)) if table else {}


def _speakers(table: pathlib.Path) -> Iterator[tuple[str, str]]:
    for _, line in numbered_lines(table):
        cells = [cell.strip() for cell in line.split("|")]
        if not line.startswith(";") and len(cells) > 1 and cells[1] in GENDERS:
            yield cells[0], GENDERS[cells[1]]
