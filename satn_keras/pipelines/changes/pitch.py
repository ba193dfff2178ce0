"""An utterance at another pitch."""

from __future__ import annotations

import dataclasses

from satn_keras.pipelines.changes.change import Change
from satn_keras.pipelines.changes.speed import played
from satn_keras.pipelines.changes.time_stretch import time_stretch


@dataclasses.dataclass(frozen=True)
class Pitch(Change):
    """An utterance some semitones higher, as long as it was.

    It is played faster, and stretched to its old length. Formants move with the
    pitch, as at another speed; the tempo stays.

    Attributes:
        semitones: below 0 it is lower.
    """

    semitones: float

    def __call__(self, waveform, sample_rate, key):
        faster = played(waveform, 2 ** (self.semitones / 12))
        return time_stretch(faster, len(waveform), sample_rate)
