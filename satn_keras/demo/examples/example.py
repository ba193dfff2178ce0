"""A shipped sound, with its text and how it was made."""

from __future__ import annotations

import dataclasses
import pathlib

import numpy as np
import soundfile

from satn_keras.corpora import SYNTHETIC_EMOTIONS
from satn_keras.corpora.voices import record

HERE = pathlib.Path(__file__).parent


@dataclasses.dataclass(frozen=True)
class Example:
    """A sentence as espeak-ng says it.

    Attributes:
        name: of the file.
        text: what is said.
        language: voice of espeak-ng.
        speaker: name of a synthetic speaker.
        emotion: name of a synthetic emotion, whose manner it is said in.
    """

    name: str
    text: str
    language: str
    speaker: str
    emotion: str

    @property
    def path(self) -> pathlib.Path:
        """Of the shipped file."""
        return HERE / self.name

    def make(self, folder: pathlib.Path) -> pathlib.Path:
        """Path of the sound, spoken anew into `folder` (extra `speech`)."""
        folder = pathlib.Path(folder)
        spoken, target = folder / "spoken.wav", folder / self.name
        manner = SYNTHETIC_EMOTIONS[self.emotion]
        record(spoken, self.text, self.language, self.speaker, manner)
        samples, rate = soundfile.read(spoken, dtype="int16")
        soundfile.write(target, np.asarray(samples), rate, subtype="PCM_16")
        spoken.unlink()
        return target


# Polish, as the model that comes with the package was trained on it.
EXAMPLES = (
    Example(
        name="kluczy.flac",
        text="Nie mogę w to uwierzyć, że znowu zapomniałeś kluczy do domu.",
        language="pl",
        speaker="f2",
        emotion="happiness",
    ),
)
