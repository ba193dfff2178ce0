"""Bands of the 20 ms spectrum: loudness, balance, flux, cepstrum."""

import numpy as np
from keras import ops

from satn_keras.features.prosody.flux import Flux
from satn_keras.features.prosody.loudness import Loudness
from satn_keras.features.prosody.mel_bands import mel_bands
from satn_keras.features.prosody.mel_cepstrum import MelCepstrum
from satn_keras.features.prosody.smoothing import smooth
from satn_keras.features.prosody.spectral_balance import SpectralBalance

NAMES = (
    "loudness",
    "alpha_ratio",
    "hammarberg_index",
    "slope_0_500",
    "slope_500_1500",
    "flux",
    "mfcc_1",
    "mfcc_2",
    "mfcc_3",
    "mfcc_4",
)


class SpectralBands:
    """Loudness, spectral balance, flux and cepstrum, smoothed over three frames.

    Args:
        frequencies: Hz of each spectral bin.
    """

    def __init__(self, frequencies):
        filters, centres = mel_bands(frequencies)
        self._filters = np.asarray(filters, "float32")
        self._loudness = Loudness(centres)
        self._balance = SpectralBalance(frequencies)
        self._flux = Flux(frequencies)
        self._cepstrum = MelCepstrum(len(centres))

    def __call__(self, power, own):
        """Name -> (batch, frames), of power (batch, frames, bins).

        Args:
            power: of each frame's window.
            own: bool (batch, frames), the utterance's own frames.
        """
        energies = ops.matmul(power, self._filters)  # (batch, frames, mels)
        parts = [
            self._loudness(energies),
            self._balance(power),
            self._flux(power),
            self._cepstrum(energies),
        ]
        bands = smooth(ops.concatenate(parts, axis=-1), own)
        return {name: bands[..., band] for band, name in enumerate(NAMES)}
