"""Reader of URDU, emotional speech of talk shows in Urdu (Latif et al. 2018)."""

from __future__ import annotations

import os
import pathlib

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.sound_files import sounds_below
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

URDU_EMOTIONS = {"A": "angry", "H": "happy", "N": "neutral", "S": "sad"}
GENDERS = {"F": "female", "M": "male"}
URDU_NAMES = NamePattern(
    "URDU",
    "SM1_F10_A010",
    (
        "S",
        Part.of_codes("gender", GENDERS, "URDU"),
        Part("speaker", "[0-9]{1,2}", "one or two digits"),
        "_F",
        Part("file", "[0-9]{1,3}", "one to three digits"),
        "_",
        Part.of_codes("emotion", URDU_EMOTIONS, "URDU"),
        # Of uneven length: N07, N012 and N0100 are all there.
        Part("number", "[0-9]{2,4}", "two to four digits"),
    ),
)
URDU_CARD = DataCard(
    name="urdu",
    title="URDU-Dataset",
    url="https://github.com/siddiquelatif/URDU-Dataset",
    licence="none stated",
    access="public",
    language="ur",
    speakers=38,
    utterances=400,
    classes=tuple(URDU_EMOTIONS.values()),
    reference="Latif et al., Cross Lingual Speech Emotion Recognition: Urdu vs. "
    "Western Languages, FIT 2018",
    notes=(
        "its README counts 38 speakers, the names tell 29, and SM5 speaks most of the "
        "neutral utterances: folds by speaker are uneven",
    ),
)


def read_urdu(root: str | os.PathLike) -> Manifest:
    """Manifest of URDU, such as Angry/SM1_F10_A010.wav.

    Args:
        root: Folder that holds Angry/, Happy/, Neutral/ and Sad/.

    Raises:
        CorpusError: if there is no sound, a name does not fit, or name and folder
            tell two emotions.

    References:
        Latif et al., FIT 2018; codes as in the release's README and in EmoBox's
        data/urdu/urdu.jsonl.
    """
    files = sounds_below(root, "URDU is folders Angry, Happy, Neutral and Sad.")
    return Manifest(_utterance(path) for path in files.values())


def _utterance(path: pathlib.Path) -> Utterance:
    fields = URDU_NAMES.read(path)
    label, folder = URDU_EMOTIONS[fields["emotion"]], path.parent.name.lower()
    if folder in URDU_EMOTIONS.values() and folder != label:
        raise CorpusError(
            f"{path}: the name says {label}, the folder {folder}. Get an unchanged "
            "copy of the corpus."
        )
    return Utterance(
        key=path.stem,
        path=str(path),
        speaker=f"S{fields['gender']}{fields['speaker']}",
        label=label,
        language="ur",
        dataset="urdu",
        gender=GENDERS[fields["gender"]],
        style="natural",
    )
