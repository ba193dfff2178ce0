"""Reader of the CMU Sphinx layout, that of AN4 (Acero and Stern 1990)."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Iterator

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.raw_sounds import write_wav
from satn_keras.corpora.text_lines import numbered_lines
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

GENDERS = {"f": "female", "m": "male"}
AN4_NAMES = NamePattern(
    "AN4",
    "an251-fash-b",
    (
        Part("prompt", "(?:an|cen)[0-9]+", "an or cen and a number"),
        "-",
        Part("speaker", "[fm][a-z0-9]{2,4}", "f or m and two to four letters"),
        "-",
        Part("session", "[a-z0-9]+", "letters or digits"),
    ),
)
LINE = re.compile(r"(?P<text>.*)\((?P<name>[^()\s]+)\)")
MARKS = re.compile(r"</?s>|<sil>")
ENDINGS = (".wav", ".flac", ".sph", ".raw")
LAYOUT = "It holds etc/NAME_train.fileids, etc/NAME_train.transcription and wav/."
REMEDY = "Get an unchanged copy of the corpus."
AN4_CARD = DataCard(
    name="an4",
    title="CMU AN4, the Census database",
    url="http://www.speech.cs.cmu.edu/databases/an4/",
    licence="free for any use",
    access="public",
    language="en",
    speakers=84,
    utterances=1078,
    classes=(),
    reference="Acero and Stern, Environmental Robustness in Automatic Speech "
    "Recognition, ICASSP 1990",
    notes=(
        "any corpus in the layout of CMU Sphinx is read: etc/*.fileids and "
        "*.transcription, sounds in wav/ as .wav, .flac, .sph or .raw",
        ".raw has no header: --converted FOLDER takes WAV copies, 16 kHz, 16 bit; the "
        "byte order is the one in which neighbouring samples differ less",
    ),
)


def read_sphinx(
    root: str | os.PathLike, converted: str | os.PathLike | None = None
) -> Manifest:
    """Manifest of AN4 or another corpus in the layout of CMU Sphinx.

    The speaker is the folder of a sound (`an4_clstk/fash/an251-fash-b`). Where the
    name is one of AN4's, its speaker must be that folder, and tells the gender.

    Args:
        root: Folder that holds etc/ and wav/.
        converted: Folder for WAV copies of sounds without a header (.raw).

    Raises:
        CorpusError: if a list is missing, two lists disagree, or a sound is missing
            or without a header. The message names the line.

    References:
        https://cmusphinx.github.io/wiki/tutorialam/ (Data preparation).
    """
    root = pathlib.Path(os.path.abspath(root))
    lists = sorted((root / "etc").glob("*.fileids"))
    if not lists:
        raise CorpusError(
            f"{root / 'etc'}: no .fileids. {LAYOUT} Check the path of the corpus."
        )
    return Manifest(
        turn for fileids in lists for turn in _listed(root, fileids, converted)
    )


def _listed(
    root: pathlib.Path, fileids: pathlib.Path, converted
) -> Iterator[Utterance]:
    table = fileids.with_suffix(".transcription")
    texts = _texts(table)
    for number, entry in numbered_lines(fileids):
        if not entry:
            continue
        name = pathlib.PurePosixPath(entry).name
        if name not in texts:
            raise CorpusError(
                f"{fileids}:{number}: {name!r} is not in {table}. {REMEDY}"
            )
        path = _sound(root / "wav" / entry, f"{fileids}:{number}")
        yield _utterance(entry, texts[name], path, converted, f"{fileids}:{number}")


def _utterance(entry: str, text: str, path: pathlib.Path, converted, where: str):
    parts = pathlib.PurePosixPath(entry)
    if not parts.parent.name:
        raise CorpusError(
            f"{where}: {entry!r} must be FOLDER/NAME, since the folder tells the "
            "speaker. Sort the sounds into a folder for each speaker."
        )
    speaker, gender = parts.parent.name, ""
    if re.match(r"c?en\d|an\d", parts.name):
        fields = AN4_NAMES.read(path)
        if fields["speaker"] != speaker:
            raise CorpusError(
                f"{where}: {entry!r} tells two speakers, {speaker} and "
                f"{fields['speaker']}. {REMEDY}"
            )
        gender = GENDERS[speaker[0]]
    return Utterance(
        key=parts.name,
        path=str(_readable(path, entry, converted)),
        speaker=speaker,
        text=text,
        language="en" if gender else "",
        dataset="an4" if gender else "",
        gender=gender,
        style="read",
    )


def _sound(path: pathlib.Path, where: str) -> pathlib.Path:
    for ending in ENDINGS:
        for form in (ending, ending.upper()):
            found = path.with_name(path.name + form)
            if found.exists():
                return found
    raise CorpusError(
        f"{where}: no sound {path} ({', '.join(ENDINGS)}). Unpack the whole archive."
    )


def _readable(path: pathlib.Path, entry: str, converted) -> pathlib.Path:
    """The sound, or its WAV copy where it has no header."""
    if path.suffix.lower() != ".raw":
        return path
    if converted is None:
        raise CorpusError(
            f"{path}: has no header. Name a folder for WAV copies with --converted."
        )
    copy = pathlib.Path(os.path.abspath(converted), f"{entry}.wav")
    write_wav(path, copy)
    return copy


def _texts(table: pathlib.Path) -> dict[str, str]:
    """Text by name; a line is `<s> YES </s> (an251-fash-b)`."""
    texts: dict[str, str] = {}
    for number, line in numbered_lines(table):
        if not line:
            continue
        found = LINE.fullmatch(line)
        if found is None:
            raise CorpusError(
                f"{table}:{number}: must be a text and a name in brackets. Received: "
                f"{line!r}. {REMEDY}"
            )
        texts[found["name"]] = " ".join(MARKS.sub(" ", found["text"]).split())
    return texts
