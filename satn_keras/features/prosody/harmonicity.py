"""Harmonics-to-noise ratio, from the autocorrelation at the pitch period."""

import numpy as np
from keras import ops

from satn_keras.features.prosody.peaks import find_peaks, nearest
from satn_keras.features.prosody.pitch_candidates import LOWEST

DECIBEL = 10 / np.log(10)
LIMIT = 1e9


class HarmonicsToNoiseRatio:
    r"""Periodic energy over the rest, dB: $10 \log_{10} (r_T / (r_0 - r_T))$.

    r is the magnitude of the circular autocorrelation of a tapered window, and T
    its peak nearest to the pitch period. At most 90 dB either way.

    Args:
        sample_rate: Hz.
        fft_length: samples of the transform of which the power is.

    References:
        Boersma 1993, Accurate short-term analysis of the fundamental frequency and
        the harmonics-to-noise ratio of a sampled sound.
    """

    def __init__(self, sample_rate, fft_length):
        bins = fft_length // 2 + 1
        # Lags beyond the longest period, so that a peak near it is found.
        lags = min(int(1.1 * sample_rate / LOWEST) + 2, bins)
        angle = 2 * np.pi * np.outer(np.arange(bins), np.arange(lags)) / fft_length
        weight = np.full((bins, 1), 2.0)
        weight[[0, -1]] = 1.0
        self._cosines = (weight * np.cos(angle)).astype("float32")
        self._lags = np.arange(1, lags - 1, dtype="float32")
        self._sample_rate = sample_rate

    def __call__(self, power, frequency):
        """(batch, frames), dB; 0 where unvoiced.

        Args:
            power: (batch, frames, bins).
            frequency: (batch, frames), Hz, 0 where unvoiced.
        """
        correlation = ops.abs(ops.matmul(power, self._cosines))
        total, here = correlation[..., 0], correlation[..., 1:-1]
        peak, _, _ = find_peaks(correlation)
        period = ops.floor(self._sample_rate / ops.maximum(frequency, 1.0))
        distance = ops.abs(self._lags - ops.expand_dims(period, -1))
        chosen = nearest(peak, distance)
        periodic = ops.max(ops.where(chosen, here, 0.0), axis=-1, initial=0.0)
        some = ops.where(total > 0, total, 1.0)
        rest = ops.maximum((total - periodic) / some, 1 / LIMIT)
        share = ops.maximum(periodic / some, 1 / LIMIT)
        decibels = DECIBEL * (ops.log(share) - ops.log(rest))
        return ops.where(frequency > 0, decibels, 0.0)
