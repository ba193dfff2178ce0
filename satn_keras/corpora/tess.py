"""Reader of TESS, acted emotional words in English (Dupuis, Pichora-Fuller 2010)."""

from __future__ import annotations

import os
import pathlib

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.left_out import leave_out
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.sound_files import sounds_below
from satn_keras.corpora.utterance import Utterance

TESS_EMOTIONS = {
    "angry": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happy",
    "neutral": "neutral",
    "ps": "surprise",  # pleasant surprise
    "sad": "sad",
}
TESS_NAMES = NamePattern(
    "TESS",
    "OAF_back_angry",
    (
        Part("speaker", "OAF|YAF", "OAF (the older actress) or YAF (the younger)"),
        "_",
        Part("word", "[a-z]+", "a word in small letters"),
        "_",
        Part.of_codes("emotion", TESS_EMOTIONS, "TESS"),
    ),
)
MISNAMED = {"OA_bite_neutral": "OAF_bite_neutral"}
SILENT = {
    "YAF_germ_angry": "overwritten with silence",
    "YAF_neat_fear": "overwritten with silence",
}
TESS_CARD = DataCard(
    name="tess",
    title="TESS, Toronto Emotional Speech Set",
    url="https://doi.org/10.5683/SP2/E8H2MF",
    licence="CC BY-NC-ND 4.0",
    access="public",
    language="en",
    speakers=2,
    utterances=2800,
    classes=tuple(TESS_EMOTIONS.values()),
    reference="Pichora-Fuller and Dupuis, Toronto emotional speech set (TESS), "
    "Scholars Portal Dataverse, 2010",
    notes=(
        "two actresses: folds by speaker need a second corpus to validate on",
        "OA_bite_neutral.wav is read as OAF_bite_neutral",
        "YAF_germ_angry.wav and YAF_neat_fear.wav hold no speech and are left out",
        "OAF_food_fear.wav is sampled at 96 kHz, all others at 24414 Hz",
    ),
)


def read_tess(root: str | os.PathLike) -> Manifest:
    """Manifest of TESS, files such as OAF_back_angry.wav at any depth.

    The carrier phrase is "Say the word back", the sentence the word. Two files
    without speech are left out, with a `LeftOutWarning`; a name that lacks a letter
    is read as it should be.

    Args:
        root: Folder of the corpus.

    Raises:
        CorpusError: if there is no sound, a name does not fit, or, as in some
            copies, the whole corpus is there twice.

    References:
        Pichora-Fuller and Dupuis, https://doi.org/10.5683/SP2/E8H2MF. The files are
        those that public loaders (a TensorFlow Datasets builder, feature scripts)
        name as corrupt or misnamed.
    """
    layout = "TESS is files such as OAF_back_angry.wav."
    files = sounds_below(root, layout, name_of=_name)
    kept = leave_out("TESS", SILENT, files)
    return Manifest(_utterance(name, path) for name, path in kept.items())


def _name(path: pathlib.Path) -> str:
    return MISNAMED.get(path.stem, path.stem)


def _utterance(name: str, path: pathlib.Path) -> Utterance:
    fields = TESS_NAMES.read(path, name)
    return Utterance(
        key=name,
        path=str(path),
        speaker=fields["speaker"],
        label=TESS_EMOTIONS[fields["emotion"]],
        text=f"Say the word {fields['word']}.",
        language="en",
        dataset="tess",
        sentence=fields["word"],
        gender="female",
        style="acted",
    )
