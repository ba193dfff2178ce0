"""Levels of the first harmonics and of the strongest ones near formants."""

import numpy as np
from keras import ops

from satn_keras.features.prosody.peaks import find_peaks, nearest

DECIBEL = 20 / np.log(10)
HIGHEST = 7000.0  # Hz; a fifth above a formant at 5.5 kHz, and some more
FLOOR = -201.0  # dB, where there is no such harmonic
NEAR, FADE = 0.2, 0.05  # of a formant's frequency


class Harmonics:
    """Peaks of a magnitude spectrum, in dB relative to the first harmonic.

    The h-th harmonic is the peak nearest to h times the pitch, within half the
    pitch; a formant's level is that of the highest peak within a fifth of its
    frequency, the farthest of which fade (from 15 to 25 %). Heights are those of the
    parabola through a peak and its neighbours.

    openSMILE counts the octave above the pitch as the first harmonic of H1-H2 and
    H1-A3; here the first harmonic is the pitch itself, as in the references.

    Args:
        frequencies: Hz of each spectral bin.

    References:
        Hanson 1997, Glottal characteristics of female speakers: acoustic correlates.
        Eyben et al. 2016, The Geneva Minimalistic Acoustic Parameter Set.
    """

    def __init__(self, frequencies):
        self._used = min(
            int(np.searchsorted(frequencies, HIGHEST)) + 1, len(frequencies)
        )
        self._bins = frequencies[1 : self._used - 1].astype("float32")

    def __call__(self, magnitude, pitch, formants, there):
        """H1-H2, H1-A3 and the levels of the formants, dB relative to H1; presence.

        Args:
            magnitude: (batch, frames, bins).
            pitch: (batch, frames), Hz, 0 where unvoiced.
            formants: (batch, frames, number), Hz; A3 is the third's.
            there: (batch, frames, number), how far there is such a formant, 0 to 1.

        Returns:
            Values and presence, each (batch, frames, 2 + number). Where unvoiced, or
            without such a harmonic, differences are 0 and not present, and levels
            -201 dB, which is a value like others.
        """
        peak, _, height = find_peaks(magnitude[..., : self._used])
        first, second = (self._harmonic(peak, height, pitch, h) for h in (1, 2))
        voiced = ops.logical_and(pitch > 0, first > 0)

        def level(value):
            heard = ops.logical_and(voiced, value > 0)
            ratio = ops.where(heard, value, 1.0) / ops.where(voiced, first, 1.0)
            decibels = ops.maximum(DECIBEL * ops.log(ratio), FLOOR)
            return decibels, ops.cast(heard, "float32")

        h2, h2_there = level(second)
        levels, present = zip(
            *(
                level(self._highest(peak, height, formants[..., number]))
                for number in range(formants.shape[-1])
            ),
            strict=True,
        )
        levels, present = (
            ops.stack(levels, axis=-1),
            there * ops.stack(present, axis=-1),
        )
        faded = present * levels + (1 - present) * FLOOR
        differences = ops.stack([-h2 * h2_there, -levels[..., 2]], axis=-1)
        weights = ops.stack([h2_there, present[..., 2]], axis=-1)
        return (
            ops.concatenate([differences, faded], axis=-1),
            ops.concatenate([weights, ops.ones_like(faded)], axis=-1),
        )

    def _harmonic(self, peak, height, pitch, number):
        pitch = ops.expand_dims(pitch, -1)
        distance = ops.abs(self._bins - number * pitch)
        chosen = nearest(ops.logical_and(peak, distance <= 0.5 * pitch), distance)
        return ops.max(ops.where(chosen, height, 0.0), axis=-1, initial=0.0)

    def _highest(self, peak, height, formant):
        formant = ops.expand_dims(formant, -1)
        distance = ops.abs(self._bins - formant) / ops.maximum(formant, 1.0)
        near = ops.clip(0.5 + 0.5 * (NEAR - distance) / FADE, 0.0, 1.0)
        height = ops.where(peak, near * height, 0.0)
        return ops.max(height, axis=-1, initial=0.0)
