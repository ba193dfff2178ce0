"""Reader of MELD, emotional turns of a television series (Poria et al. 2019)."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.left_out import leave_out
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.published_tables import published_rows
from satn_keras.corpora.rows import Row
from satn_keras.corpora.sound_files import sounds_below
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

MELD_EMOTIONS = {
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "joy": "happy",
    "neutral": "neutral",
    "sadness": "sad",
    "surprise": "surprise",
}
# Folders of the release's videos, whose names the extracted audio keeps.
PARTS = {
    "train": ("train_splits", "train"),
    "dev": ("dev_splits_complete", "dev"),
    "test": ("output_repeated_splits_test", "test"),
}
COLUMNS = (
    "Utterance",
    "Speaker",
    "Emotion",
    "Dialogue_ID",
    "Utterance_ID",
    "Season",
    "Episode",
)
MELD_NAMES = NamePattern(
    "MELD",
    "dia0_utt3",
    (
        "dia",
        Part("dialogue", "[0-9]+", "a number"),
        "_utt",
        Part("utterance", "[0-9]+", "a number"),
    ),
)
NO_AUDIO = {
    "train_dia125_utt3": "its video is broken",
    "dev_dia110_utt7": "the release lacks its video",
}
LAYOUT = (
    "MELD is train_sent_emo.csv, dev_sent_emo.csv, test_sent_emo.csv, and folders "
    "train_splits, dev_splits_complete, output_repeated_splits_test of the audio of "
    "the videos, such as dia0_utt0.wav."
)
MELD_CARD = DataCard(
    name="meld",
    title="MELD, Multimodal EmotionLines Dataset",
    url="https://affective-meld.github.io/",
    licence="GPL-3.0",
    access="public",
    language="en",
    speakers=304,
    utterances=13708,
    classes=tuple(MELD_EMOTIONS.values()),
    reference="Poria et al., MELD: A Multimodal Multi-Party Dataset for Emotion "
    "Recognition in Conversations, ACL 2019",
    notes=(
        "extract the audio first, for each video: ffmpeg -i dia0_utt0.mp4 -ac 1 -ar "
        "16000 dia0_utt0.wav",
        *(f"{name} is left out: {why}" for name, why in NO_AUDIO.items()),
        "six friends speak most turns, so its own parts share speakers",
        "further files beside those of the tables (final_videos_test...) are passed "
        "over",
    ),
)


def read_meld(root: str | os.PathLike) -> Manifest:
    """Manifest of MELD, whose audio was extracted from the videos beforehand.

    The key is part, dialogue and turn, such as train_dia0_utt3; the session is the
    part of the series, such as S04E07. Sounds may be WAV or FLAC.

    Args:
        root: Folder with one or more of the three tables, at its top or in a folder
            of the part, and the folders of sounds.

    Raises:
        CorpusError: if there is no table, a sound of a table is missing, or a value
            does not fit. The message names the line.

    References:
        Poria et al., ACL 2019; layout as in the release MELD.Raw.
    """
    root = pathlib.Path(root)
    turns: list[Utterance] = []
    for part in PARTS:
        table = _table(root, part)
        if table is not None:
            turns += _part(root, part, table)
    if not turns:
        raise CorpusError(f"{root}: no table of MELD. {LAYOUT} Check the path.")
    return Manifest(turns)


def _table(root: pathlib.Path, part: str) -> pathlib.Path | None:
    places = (root, root / part)
    paths = (place / f"{part}_sent_emo.csv" for place in places)
    return next((path for path in paths if path.exists()), None)


def _part(root: pathlib.Path, part: str, table: pathlib.Path) -> Iterator[Utterance]:
    files = sounds_below(_folder(root, part), LAYOUT)
    rows = {_name(row): row for row in published_rows(table, COLUMNS)}
    keyed = {f"{part}_{name}": (name, row) for name, row in rows.items()}
    for key, (name, row) in leave_out("MELD", NO_AUDIO, keyed).items():
        if name not in files:
            raise CorpusError(
                f"{table}:{row.line}: no sound {name}.wav. Extract the audio of every "
                "video first."
            )
        yield _utterance(table, key, row, files[name])


def _folder(root: pathlib.Path, part: str) -> pathlib.Path:
    names = [*PARTS[part], f"{part}/{PARTS[part][0]}"]
    found = [root / name for name in names if (root / name).is_dir()]
    if not found:
        raise CorpusError(
            f"{root}: no folder {' or '.join(PARTS[part])} of sounds. {LAYOUT}"
        )
    return found[0]


def _name(row: Row) -> str:
    return MELD_NAMES.format(
        dialogue=row.values["Dialogue_ID"], utterance=row.values["Utterance_ID"]
    )


def _utterance(
    table: pathlib.Path, key: str, row: Row, path: pathlib.Path
) -> Utterance:
    line, values = row
    if values["Emotion"] not in MELD_EMOTIONS:
        raise CorpusError(
            f"{table}:{line}: column 'Emotion' must be one of "
            f"{', '.join(MELD_EMOTIONS)}. Received: {values['Emotion']!r}. Get an "
            "unchanged copy of the corpus."
        )
    return Utterance(
        key=key,
        path=str(path),
        speaker=values["Speaker"],
        label=MELD_EMOTIONS[values["Emotion"]],
        text=values["Utterance"],
        language="en",
        dataset="meld",
        session=f"S{values['Season']:0>2}E{values['Episode']:0>2}",
        style="played",
    )
