"""One record of another toolkit as an utterance, whichever of its words it uses."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any

from satn_keras.corpora.exchange.naming import label_of, speaker_of
from satn_keras.corpora.exchange.origin import Origin
from satn_keras.corpora.generic import GENDER_ALIASES
from satn_keras.corpora.utterance import COLUMNS, Utterance
from satn_keras.errors import CorpusError, ManifestError

# Words of EmoBox, SpeechBrain, NeMo and audformat for our columns, ours first.
WORDS: Mapping[str, tuple[str, ...]] = {
    "path": ("path", "wav", "audio", "file", "file_path", "audio_filepath", "sig"),
    "speaker": ("speaker", "spk_id", "spk", "spkID", "speaker_id"),
    "label": ("label", "emo", "emotion"),
    "text": ("text", "wrd", "words", "transcript", "transcription"),
    "gender": ("gender", "sex"),
}
# What makes a record a part of its file, which an utterance cannot be.
_BEGINNINGS = ("start", "start_time", "offset")


def utterance_of(
    where: str, key: str, record: Mapping[str, Any], origin: Origin
) -> Utterance:
    """The utterance that a record describes.

    Args:
        where: File and place, for messages.
        key: Of the utterance.
        record: Values by name; those without a place in a manifest are left out.
        origin: Where sounds and speakers come from that the record does not tell.

    Raises:
        CorpusError: if there is no sound or speaker, the record is a part of its
            file, or a value does not fit.
    """
    fields = {name: _text(where, record, name) for name in COLUMNS if name != "key"}
    _refuse_part(where, record)
    if not fields["path"]:
        raise CorpusError(
            f"{where}: no sound ({', '.join(WORDS['path'])}). Fill in its path."
        )
    fields["path"] = origin.sound(fields["path"])
    fields["dataset"] = fields["dataset"] or origin.dataset
    fields["label"] = label_of(fields["dataset"], fields["label"])
    fields["gender"] = _gender(where, fields["gender"])
    try:
        stem = pathlib.PurePath(fields["path"]).stem
        fields["speaker"] = fields["speaker"] or speaker_of(fields["dataset"], stem)
        if not fields["speaker"]:
            raise CorpusError(
                "no speaker. Write it as `speaker`, or name a known corpus with "
                "--dataset, whose file names tell it."
            )
        return Utterance(key=key, **fields)
    except (CorpusError, ManifestError) as error:
        raise CorpusError(f"{where}: {error}") from error


def _text(where: str, record: Mapping[str, Any], name: str) -> str:
    for word in WORDS.get(name, (name,)):
        value = record.get(word)
        if isinstance(value, Mapping) and name == "path":  # SpeechBrain's segments
            raise CorpusError(
                f"{where}: `{word}` is a part of a file, and an utterance is a whole "
                "one. Cut the sounds first."
            )
        if isinstance(value, (list, Mapping)):
            raise CorpusError(
                f"{where}: `{word}` must be a text. Received: {value!r}. Write one."
            )
        if value not in (None, ""):
            return str(value).strip()
    return ""


def _refuse_part(where: str, record: Mapping[str, Any]) -> None:
    for name in _BEGINNINGS:
        if record.get(name) not in (None, 0, 0.0, "", "0"):
            raise CorpusError(
                f"{where}: `{name}` is {record[name]!r}, and an utterance is a whole "
                "file. Cut the sounds first."
            )


def _gender(where: str, word: str) -> str:
    for gender, words in GENDER_ALIASES.items():
        if word.lower() in words:
            return gender
    raise CorpusError(
        f"{where}: gender must be female, male, other or empty. Received: {word!r}."
    )
