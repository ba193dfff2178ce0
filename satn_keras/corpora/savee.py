"""Reader of SAVEE, acted emotional speech in English (Haq and Jackson 2010)."""

from __future__ import annotations

import os
import pathlib

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.sound_files import sounds_below
from satn_keras.corpora.utterance import Utterance

SAVEE_EMOTIONS = {
    "a": "angry",
    "d": "disgust",
    "f": "fear",
    "h": "happy",
    "n": "neutral",
    "sa": "sad",
    "su": "surprise",
}
SPEAKERS = ("DC", "JE", "JK", "KL")
SAVEE_NAMES = NamePattern(
    "SAVEE",
    "DC_a01",
    (
        Part("speaker", "|".join(SPEAKERS), f"one of {', '.join(SPEAKERS)}"),
        "_",
        Part.of_codes("emotion", SAVEE_EMOTIONS, "SAVEE"),
        Part("number", "0[1-9]|[12][0-9]|30", "01 to 30"),
    ),
)
SAVEE_CARD = DataCard(
    name="savee",
    title="SAVEE, Surrey Audio-Visual Expressed Emotion",
    url="http://kahlan.eps.surrey.ac.uk/savee/",
    licence="for research, after registration",
    access="restricted",
    language="en",
    speakers=4,
    utterances=480,
    classes=tuple(SAVEE_EMOTIONS.values()),
    reference="Haq and Jackson, Multimodal Emotion Recognition, in Machine Audition, "
    "2010",
    notes=(
        "four men; 15 sentences an emotion and 30 neutral ones, of which three are "
        "common to all emotions: a sentence's name holds its emotion, so the common "
        "ones count as different",
    ),
)


def read_savee(root: str | os.PathLike) -> Manifest:
    """Manifest of SAVEE, as AudioData/DC/a01.wav or, in flat copies, DC_a01.wav.

    Args:
        root: Folder of the corpus.

    Raises:
        CorpusError: if there is no sound, or a name does not fit. The message names
            the field.

    References:
        Haq and Jackson, Multimodal Emotion Recognition, in Machine Audition, 2010;
        codes as in the release's AudioData/Info.txt.
    """
    layout = "SAVEE is folders DC, JE, JK and KL of files such as a01.wav."
    files = sounds_below(root, layout, name_of=_name)
    return Manifest(_utterance(name, path) for name, path in files.items())


def _name(path: pathlib.Path) -> str:
    return path.stem if "_" in path.stem else f"{path.parent.name}_{path.stem}"


def _utterance(name: str, path: pathlib.Path) -> Utterance:
    fields = SAVEE_NAMES.read(path, name)
    return Utterance(
        key=name,
        path=str(path),
        speaker=fields["speaker"],
        label=SAVEE_EMOTIONS[fields["emotion"]],
        language="en",
        dataset="savee",
        sentence=fields["emotion"] + fields["number"],
        gender="male",
        style="acted",
    )
