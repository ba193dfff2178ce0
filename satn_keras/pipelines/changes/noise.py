"""An utterance in noise."""

from __future__ import annotations

import dataclasses

import numpy as np

from satn_keras.pipelines.changes.change import Change, drawing
from satn_keras.pipelines.changes.noise_kinds import NOISE_KINDS


@dataclasses.dataclass(frozen=True)
class Noise(Change):
    """An utterance and generated noise, drawn for it.

    Attributes:
        kind: one of `NOISE_KINDS`.
        decibels: energy of the utterance, pauses included, over that of the noise.
        seed: of the draw, besides the utterance's key.
    """

    is_drawn = True

    kind: str
    decibels: float
    seed: int

    def __call__(self, waveform, sample_rate, key):
        make = NOISE_KINDS[self.kind]
        speech = np.asarray(waveform, "float64")
        noise = make(speech, drawing(key, self.identity))
        energy = np.sum(np.square(noise))
        if not energy:  # shaped after silence
            return waveform
        wanted = np.sum(np.square(speech)) / 10 ** (self.decibels / 10)
        return (speech + noise * np.sqrt(wanted / energy)).astype("float32")
