"""Bands of a voice: pitch, perturbation, harmonicity, harmonics, formants."""

import numpy as np
from keras import ops

from satn_keras.features.prosody.formants import Formants
from satn_keras.features.prosody.harmonicity import HarmonicsToNoiseRatio
from satn_keras.features.prosody.harmonics import Harmonics
from satn_keras.features.prosody.perturbation import Perturbation
from satn_keras.features.prosody.pitch import Pitch
from satn_keras.features.prosody.smoothing import smooth

PITCH = ("f0_semitones", "voicing")
PERTURBATION = ("jitter", "shimmer")
NOISE = ("harmonics_to_noise_ratio",)
LEVELS = ("h1_h2", "h1_a3", "f1_level", "f2_level", "f3_level")
FORMANTS = tuple(
    f"f{n}_{kind}" for kind in ("frequency", "bandwidth") for n in (1, 2, 3)
)
BASE = 27.5  # Hz, of semitone 0


class VoiceBands:
    """What is wanted of a voice's bands, smoothed over three frames.

    Zeros, which say "unvoiced" (or "no such formant"), stay zeros and count in no
    neighbour's mean; what is there in part counts in part.

    Args:
        spectrum: `Spectrum` of the windows in which a voice is sought.
        sample_rate: Hz.
        wanted: names of bands; parts none of which is wanted are not computed.
    """

    def __init__(self, spectrum, sample_rate, wanted):
        self._wanted = set(wanted)
        self._pitch = Pitch(spectrum.frequencies, spectrum.window_length)
        self._noise = HarmonicsToNoiseRatio(sample_rate, spectrum.fft_length)
        self._formants = Formants(spectrum.frequencies)
        self._harmonics = Harmonics(spectrum.frequencies)
        self._perturbation = Perturbation(
            sample_rate, spectrum.window_length, spectrum.hop_length, spectrum.lead
        )

    def __call__(self, signal, count, power, own):
        """Name -> (batch, frames).

        Args:
            signal: float (batch, samples).
            count: frames.
            power: (batch, frames, bins), of the windows.
            own: bool (batch, frames), the utterance's own frames.
        """
        bands = {}

        def add(names, values, presence=None):
            if presence is None:
                presence = ops.cast(values != 0, "float32")
            smoothed = smooth(values, own, presence)
            bands.update({name: smoothed[..., n] for n, name in enumerate(names)})

        if self._want(FORMANTS + LEVELS):
            formants, widths, there = self._formants(power)
            both = ops.concatenate([formants, widths], axis=-1)
            add(FORMANTS, both, ops.concatenate([there, there], axis=-1))
        if self._want(PITCH + PERTURBATION + NOISE + LEVELS):
            frequency, voicing = self._pitch(power, own)
            add(PITCH[:1], ops.expand_dims(_semitones(frequency), 2))
            voicing = smooth(ops.expand_dims(voicing, 2), own)
            bands["voicing"] = voicing[..., 0]
        if self._want(PERTURBATION):
            add(PERTURBATION, *self._perturbation(signal, count, frequency))
        if self._want(NOISE):
            noise = self._noise(power, frequency)
            add(NOISE, ops.expand_dims(noise, 2))
        if self._want(LEVELS):
            levels = self._harmonics(ops.sqrt(power), frequency, formants, there)
            add(LEVELS, *levels)
        return bands

    def _want(self, names):
        return not self._wanted.isdisjoint(names)


def _semitones(frequency):
    voiced = frequency > 0
    ratio = ops.where(voiced, frequency, BASE) / BASE
    return ops.where(voiced, (12 / np.log(2)) * ops.log(ratio), 0.0)
