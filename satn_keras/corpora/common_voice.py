"""Reader of Common Voice, read sentences in many languages (Ardila et al. 2020)."""

from __future__ import annotations

import os
import pathlib

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.generic import GENDER_ALIASES
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.published_tables import published_rows
from satn_keras.corpora.rows import Row
from satn_keras.corpora.sound_files import require
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

LAYOUT = "A language of Common Voice holds clips/ and tables such as validated.tsv."
COMMON_VOICE_CARD = DataCard(
    name="common-voice",
    title="Common Voice",
    url="https://commonvoice.mozilla.org/",
    licence="CC0 1.0",
    access="public",
    language="more than 100, one a folder",
    speakers=None,
    utterances=None,
    classes=(),
    reference="Ardila et al., Common Voice: A Massively-Multilingual Speech Corpus, "
    "LREC 2020",
    notes=(
        "give the folder of one language; --part names the table, validated when "
        "absent",
        "a client_id is taken for a person: who records on two devices is two",
    ),
)


def read_common_voice(root: str | os.PathLike, part: str = "validated") -> Manifest:
    """Manifest of one language of Common Voice, such as clips/common_voice_pl_1.mp3.

    Args:
        root: Folder of one language, with clips/ and tables.
        part: Name of a table without its ending, such as "train" or "validated".

    Raises:
        CorpusError: if the table or a clip is missing, or a value does not fit. The
            message names the line.

    References:
        Ardila et al., LREC 2020; columns as in the releases of Common Voice.
    """
    root = pathlib.Path(os.path.abspath(root))
    clips = require(root / "clips", LAYOUT)
    table = require(root / f"{part}.tsv", LAYOUT)
    rows = published_rows(table, ("client_id", "path", "sentence"), "\t")
    # Asking for each of a million files by itself is slow on network disks.
    present = set(os.listdir(clips))
    manifest = Manifest(_utterance(table, row, clips, present) for row in rows)
    if not manifest:
        raise CorpusError(f"{table}: no row. Choose another table with --part.")
    return manifest


def _utterance(
    table: pathlib.Path, row: Row, clips: pathlib.Path, present: set[str]
) -> Utterance:
    line, values = row
    # Until version 2 the column lacked the ending.
    name = values["path"] if "." in values["path"] else f"{values['path']}.mp3"
    if name not in present:
        raise CorpusError(
            f"{table}:{line}: clips/{name} is missing. Unpack the whole archive."
        )
    return Utterance(
        key=pathlib.PurePath(name).stem,
        path=str(clips / name),
        speaker=values["client_id"],
        text=values["sentence"],
        language=values.get("locale", "") or clips.parent.name,
        dataset="common-voice",
        gender=_gender(table, line, values.get("gender", "")),
        style="read",
    )


def _gender(table: pathlib.Path, line: int, word: str) -> str:
    for gender, words in GENDER_ALIASES.items():
        if word.lower() in words:
            return gender
    if word in ("intersex", "transgender", "do_not_wish_to_say"):
        return "" if word.startswith("do_") else "other"
    raise CorpusError(
        f"{table}:{line}: column 'gender' must be a word of Common Voice. Received: "
        f"{word!r}. Get an unchanged copy of the corpus."
    )
