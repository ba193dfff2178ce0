"""Formants: resonances of the vocal tract, by linear prediction."""

import numpy as np
from keras import ops

from satn_keras.features.prosody.linear_prediction import prediction_error_filter
from satn_keras.features.prosody.peaks import pick
from satn_keras.features.prosody.polynomial_roots import polynomial_roots

ORDER = 11
BAND = 5500.0  # Hz, in which speech is modelled
MARGIN = 50.0  # Hz from either end, within which no formant lies
WIDEST = 1000.0  # Hz of bandwidth; a wider root is a slope and no resonance
PREEMPHASIS = 0.9
FLOOR = 1e-5  # of a window's energy, as white noise, without which float32 may fail
NONE = 1e9


class Formants:
    """Frequency and bandwidth of the lowest resonances below 5.5 kHz.

    The autocorrelation of a window comes from its power below 5.5 kHz (or half the
    sample rate, where that is less), as if it were resampled to twice that, after
    pre-emphasis. Each root of the prediction error filter of order 11 above the
    real axis is a resonance: its angle is the frequency and its radius r the
    bandwidth, -ln(r) times the rate over pi. Those wider than 1 kHz do not count.

    openSMILE takes the roots of a polynomial whose coefficients after the first have
    the opposite sign, so its eGeMAPS has other values.

    Args:
        frequencies: Hz of each spectral bin.
        number: formants.

    References:
        Markel & Gray 1976, Linear Prediction of Speech.
    """

    def __init__(self, frequencies, number=3):
        band = min(BAND, frequencies[-1])
        bins = frequencies[frequencies <= band]
        turns = np.pi * bins / band
        weights = np.full(len(bins), 2.0)
        weights[0] = 1.0
        weights[-1] = 1.0 if bins[-1] == band else 2.0
        weights *= np.abs(1 - PREEMPHASIS * np.exp(-1j * turns)) ** 2
        cosines = weights[:, None] * np.cos(np.outer(turns, np.arange(ORDER + 1)))
        cosines[:, 0] *= 1 + FLOOR
        self._cosines = cosines.astype("float32")
        self._rate = 2 * band
        self._number = number

    def __call__(self, power):
        """Frequencies and bandwidths, Hz, each (batch, frames, number).

        Lowest first; both are 0 where there is no further formant.
        """
        correlation = ops.matmul(power[..., : len(self._cosines)], self._cosines)
        total = correlation[..., :1]
        # Scaled, as float32 cannot hold products of a whisper's energies.
        correlation = correlation / ops.where(total > 0, total, 1.0)
        real, imaginary = polynomial_roots(prediction_error_filter(correlation))
        frequency = ops.arctan2(imaginary, real) * (self._rate / (2 * np.pi))
        radius = ops.clip(ops.square(real) + ops.square(imaginary), 1e-12, 1.0)
        bandwidth = -0.5 * ops.log(radius) * (self._rate / np.pi)
        resonates = ops.logical_and(bandwidth <= WIDEST, total > 0)
        resonates = ops.logical_and(resonates, frequency >= MARGIN)
        resonates = ops.logical_and(resonates, frequency <= self._rate / 2 - MARGIN)
        left = ops.where(resonates, frequency, NONE)
        found = []
        for _ in range(self._number):
            lowest = ops.min(left, axis=-1, keepdims=True, initial=NONE)
            chosen = ops.logical_and(left == lowest, left < NONE)
            found.append(pick(chosen, frequency, bandwidth))
            left = ops.where(chosen, NONE, left)
        frequencies, bandwidths = zip(*found, strict=True)
        return ops.stack(frequencies, axis=-1), ops.stack(bandwidths, axis=-1)
