"""Reader of ShEMO, emotional speech of radio plays in Persian (Nezami et al. 2019)."""

from __future__ import annotations

import json
import os
import pathlib

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.sound_files import sounds_below
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

SHEMO_EMOTIONS = {
    "A": "angry",
    "F": "fear",
    "H": "happy",
    "N": "neutral",
    "S": "sad",
    "W": "surprise",
}
GENDERS = {"F": "female", "M": "male"}
SHEMO_NAMES = NamePattern(
    "ShEMO",
    "F01A01",
    (
        Part.of_codes("gender", GENDERS, "ShEMO"),
        Part("speaker", "[0-9]{2}", "two digits"),
        Part.of_codes("emotion", SHEMO_EMOTIONS, "ShEMO"),
        Part("number", "[0-9]{2,3}", "two or three digits"),
    ),
)
SHEMO_CARD = DataCard(
    name="shemo",
    title="ShEMO, Sharif Emotional Speech Database",
    url="https://github.com/mansourehk/ShEMO",
    licence="free for academic purposes",
    access="public",
    language="fa",
    speakers=87,
    utterances=3000,
    classes=tuple(SHEMO_EMOTIONS.values()),
    reference="Nezami et al., ShEMO: a large-scale validated database for Persian "
    "speech emotion detection, Language Resources and Evaluation 53, 2019",
    notes=(
        "texts are read from shemo.json, which is a separate download",
        "a speaker is gender and number: F01 and M01 are two people",
        "the classes are uneven, fear is rare (about one in eighty)",
    ),
)


def read_shemo(root: str | os.PathLike) -> Manifest:
    """Manifest of ShEMO, such as female/F01A01.wav.

    Texts come from `shemo.json` in the folder where it is there; the label is that
    of the name.

    Args:
        root: Folder that holds female/ and male/.

    Raises:
        CorpusError: if there is no sound, a name does not fit, or the JSON is not a
            list of objects with `id`, or an object by id.

    References:
        Nezami et al., Language Resources and Evaluation 53, 2019; codes as in the
        README of https://github.com/mansourehk/ShEMO.
    """
    root = pathlib.Path(root)
    files = sounds_below(root, "ShEMO is folders female and male of files as F01A01.")
    texts = _texts(root / "shemo.json")
    return Manifest(_utterance(path, texts) for path in files.values())


def _utterance(path: pathlib.Path, texts: dict[str, str]) -> Utterance:
    fields = SHEMO_NAMES.read(path)
    return Utterance(
        key=path.stem,
        path=str(path),
        speaker=fields["gender"] + fields["speaker"],
        label=SHEMO_EMOTIONS[fields["emotion"]],
        text=texts.get(path.stem, ""),
        language="fa",
        dataset="shemo",
        gender=GENDERS[fields["gender"]],
        style="semi-natural",
    )


def _texts(path: pathlib.Path) -> dict[str, str]:
    """Transcript by name; the published list, or an object of the same by name."""
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        if isinstance(content, list):
            content = {record["id"]: record for record in content}
        # Some texts begin with a byte order mark of the file they were pasted from.
        return {
            name: str(record["transcript"]).lstrip("\ufeff").strip()
            for name, record in content.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(
            f"{path}: must be a list of objects with id and transcript ({error!r}). "
            "Get an unchanged copy, or remove it to read without texts."
        ) from error
