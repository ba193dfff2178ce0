"""One stretch of speech: what was said, by whom, how, and in which file."""

from __future__ import annotations

import dataclasses

from satn_keras.errors import ManifestError

GENDERS = ("female", "male", "other", "")
REQUIRED_COLUMNS = ("path", "speaker")


@dataclasses.dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of speech by one speaker in one sound file.

    Args:
        key: Name of the utterance, unique in its manifest.
        path: Sound file.
        speaker: Who speaks. No speaker is ever in two parts of a fold.
        label: Emotion, "" when unknown.
        text: Transcript, "" when unknown.
        language: Such as "en" or "pl".
        dataset: Corpus the utterance is from.
        session: Recording session.
        sentence: Which sentence of a corpus with a fixed list of sentences.
        gender: "female", "male", "other" or "".
        style: Such as "acted", "improvised" or "read".

    Raises:
        ManifestError: if a value is no string, `key`, `path` or `speaker` is
            empty, or `gender` is another word.

    Example:
        >>> Utterance("a1", "audio/a1.wav", speaker="anna", label="joy").label
        'joy'
    """

    key: str
    path: str
    speaker: str
    label: str = ""
    text: str = ""
    language: str = ""
    dataset: str = ""
    session: str = ""
    sentence: str = ""
    gender: str = ""
    style: str = ""

    def __post_init__(self):
        for column in COLUMNS:
            value = getattr(self, column)
            if not isinstance(value, str):
                raise ManifestError(
                    f"column {column!r} must be a string. Received: {value!r}. "
                    "Convert the value with str()."
                )
            object.__setattr__(self, column, value.strip())
        for column in (*REQUIRED_COLUMNS, "key"):
            if not getattr(self, column):
                raise ManifestError(
                    f"column {column!r} must not be empty. Received: ''. "
                    f"Fill in the {column} of every utterance."
                )
        if self.gender not in GENDERS:
            raise ManifestError(
                "column 'gender' must be female, male, other or empty. "
                f"Received: {self.gender!r}. Replace the value."
            )


COLUMNS = tuple(field.name for field in dataclasses.fields(Utterance))
