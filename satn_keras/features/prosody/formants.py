"""Formants: resonances of the vocal tract, by linear prediction."""

import numpy as np
from keras import ops

from satn_keras.features.prosody.linear_prediction import prediction_error_filter
from satn_keras.features.prosody.polynomial_roots import polynomial_roots

ORDER = 11
BAND = 5500.0  # Hz, in which speech is modelled
MARGIN = 50.0  # Hz from either end, within which no formant lies
WIDEST = 1000.0  # Hz of bandwidth; a wider root is a slope and no resonance
FADE = 0.2, 0.5  # of WIDEST and of MARGIN, on either side of which a root fades
CROSSING = 25.0  # Hz, nearer than which neither of two roots is quite the lower
PREEMPHASIS = 0.9
FLOOR = 1e-4  # of the energy of a window, as white noise, as in ITU-T G.729


class Formants:
    """Frequency and bandwidth of the lowest resonances below 5.5 kHz.

    The autocorrelation of a window comes from its power below 5.5 kHz (or half the
    sample rate, where that is less), as if it were resampled to twice that, after
    pre-emphasis. Each root of the prediction error filter of order 11 above the
    real axis is a resonance: its angle is the frequency and its radius r the
    bandwidth, -ln(r) times the rate over pi. Those wider than 1 kHz do not count.

    A root counts in part where its bandwidth lies within 200 Hz of that bound, or its
    frequency within 25 Hz of the margins: no last digit can turn one formant into
    another. Such a root fills a part of a formant, and the next root the rest; two
    roots within 25 Hz of each other share both their formants.

    White noise 40 dB below each window is added to its autocorrelation: without it
    prediction solves equations that float32 cannot hold where one resonance outshines
    all others, and the last digit of a spectrum moves formants by some Hz. It widens
    resonances that are as weak as itself.

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
        lags = np.outer(turns, np.arange(ORDER + 1))
        self._weights = weights.astype("float32")
        self._cosines = np.cos(lags).astype("float32")  # (bins, lags)
        self._sines = np.sin(lags).astype("float32")
        self._rate = 2 * band
        self._number = number

    def __call__(self, power):
        """Frequencies and bandwidths in Hz, and presence, each (batch, frames, number).

        Lowest first. Presence is 1 where there is such a formant, 0 where there is
        none, where frequency and bandwidth are 0 as well, and between at the bounds.
        """
        power = power[..., : len(self._weights)] * self._weights
        total = ops.sum(power, axis=-1, keepdims=True)
        # Scaled, as float32 cannot hold products of a whisper's energies.
        power = power / ops.where(total > 0, total, 1.0)
        real, imaginary = polynomial_roots(self._filter(power))
        frequency = ops.arctan2(imaginary, real) * (self._rate / (2 * np.pi))
        radius = ops.clip(ops.square(real) + ops.square(imaginary), 1e-12, 1.0)
        bandwidth = -0.5 * ops.log(radius) * (self._rate / np.pi)
        counts = ops.where(total > 0, self._counts(frequency, bandwidth), 0.0)
        shares = _shares(frequency, counts, self._number)
        presence = ops.sum(shares, axis=-1)
        some = ops.where(presence > 0, presence, 1.0)
        frequency, bandwidth = (
            ops.sum(shares * ops.expand_dims(values, 2), axis=-1) / some
            for values in (frequency, bandwidth)
        )
        return frequency, bandwidth, ops.minimum(presence, 1.0)

    def _filter(self, power):
        """Error filter, (batch, frames, ORDER + 1), of power that sums to 1."""
        correlation = ops.matmul(power, self._cosines)
        noise = np.zeros(ORDER + 1, "float32")
        noise[0] = FLOOR

        def residual(coefficients):
            # Where the spectrum is strong its filter is weak: their product keeps the
            # digits that the correlation has lost.
            real = power * ops.matmul(coefficients, self._cosines.T)
            imaginary = power * ops.matmul(coefficients, self._sines.T)
            left = ops.matmul(real, self._cosines) + ops.matmul(imaginary, self._sines)
            return (left + FLOOR * coefficients)[..., 1:]

        return prediction_error_filter(correlation + noise, residual)

    def _counts(self, frequency, bandwidth):
        """How far each root is a resonance, 0 to 1."""
        edge = ops.minimum(frequency, self._rate / 2 - frequency)
        return _fade(WIDEST - bandwidth, FADE[0] * WIDEST) * _fade(
            edge - MARGIN, FADE[1] * MARGIN
        )


def _fade(distance, reach):
    """From 0 at `-reach` to 1 at `reach`."""
    return ops.clip(0.5 + 0.5 * distance / reach, 0.0, 1.0)


def _shares(frequency, counts, number):
    """What each root fills of each formant: (batch, frames, number, roots).

    Resonances fill the line from 0 up, the lowest first, each as long as it counts;
    the k-th formant is the line from k - 1 to k. Roots so near that neither is quite
    the lower lie upon each other there, and what they fill together is their mean.
    """
    above = ops.expand_dims(frequency, -1) - ops.expand_dims(frequency, -2)
    others = 1.0 - np.eye(frequency.shape[-1], dtype="float32")
    lower = others * _fade(above, CROSSING)
    counted = lower * ops.expand_dims(counts, -2)
    begin = ops.expand_dims(ops.sum(counted, axis=-1), -2)
    end = begin + ops.expand_dims(counts, -2)
    first = np.arange(number, dtype="float32")[:, None]
    return ops.relu(ops.minimum(end, first + 1) - ops.maximum(begin, first))
