"""Pitch and voicing, frame by frame."""

import numpy as np
from keras import ops

from satn_keras.features.prosody.octave_scale import OctaveScale
from satn_keras.features.prosody.pitch_candidates import PitchCandidates
from satn_keras.features.prosody.pitch_path import best_path

SILENT = 0.001  # root mean square of a window, below which nothing is voiced
LN2 = float(np.log(2))


class Pitch:
    """Fundamental frequency and strength of voicing of a long window's power.

    Subharmonic summation finds candidates and their strengths, and the cheapest
    path through them, or past them, decides. A window whose root mean square (the
    taper included) is below 0.001 is unvoiced.

    Args:
        frequencies: Hz of each spectral bin.
        window_length: samples of a window.
    """

    def __init__(self, frequencies, window_length):
        self._octaves = OctaveScale(frequencies)
        self._candidates = PitchCandidates(self._octaves.octaves)
        fft_length = 2 * (len(frequencies) - 1)
        # By Parseval's theorem, the mean power of a window is the mean of its bins,
        # of which all but the first and the last stand for two.
        self._quietest = SILENT**2 * fft_length * window_length

    def __call__(self, power, own):
        """Frequency in Hz, 0 where unvoiced, and strength: each (batch, frames).

        Args:
            power: (batch, frames, bins).
            own: bool (batch, frames), the utterance's own frames.
        """
        octave, strength = self._candidates(self._octaves(ops.sqrt(power)))
        total = 2 * ops.sum(power, axis=-1) - power[..., 0] - power[..., -1]
        heard = ops.cast(total >= self._quietest, "float32")
        path = best_path(octave, strength, own) * ops.expand_dims(heard, 2)
        chosen = ops.sum(path * octave, axis=-1)
        frequency = ops.where(chosen > 0, ops.exp(chosen * LN2), 0.0)
        strongest = heard * ops.max(strength, axis=-1, initial=0.0)
        voicing = ops.where(chosen > 0, ops.sum(path * strength, axis=-1), strongest)
        return frequency, voicing
