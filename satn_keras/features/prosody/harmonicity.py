"""Harmonics-to-noise ratio, from the autocorrelation at the pitch period."""

import numpy as np
from keras import ops

from satn_keras.features.prosody.pitch_candidates import LOWEST

DECIBEL = 10 / np.log(10)
LIMIT = 1e10


class HarmonicsToNoiseRatio:
    r"""Periodic energy over the rest, dB: $10 \log_{10} (r_T / (r_0 - r_T))$.

    r is the magnitude of the (circular) autocorrelation of a tapered window and T
    its peak nearest to the pitch period.

    Args:
        sample_rate: Hz.
        fft_length: samples of the transform of which the power is.

    References:
        Boersma 1993, Accurate short-term analysis of the fundamental frequency and
        the harmonics-to-noise ratio of a sampled sound.
    """

    def __init__(self, sample_rate, fft_length):
        bins = fft_length // 2 + 1
        # Two lags more than the longest period, so that a peak there has neighbours.
        lags = min(int(sample_rate / LOWEST * 1.1) + 2, bins)
        angle = 2 * np.pi * np.outer(np.arange(bins), np.arange(lags)) / fft_length
        weight = np.full((bins, 1), 2.0)
        weight[[0, -1]] = 1.0
        self._cosines = (weight * np.cos(angle)).astype("float32")
        self._lags = np.arange(1, lags - 1, dtype="float32")
        self._sample_rate = sample_rate

    def __call__(self, power, frequency):
        """(batch, frames) from power (batch, frames, bins) and pitch, Hz, or 0."""
        correlation = ops.abs(ops.matmul(power, self._cosines))
        total, here = correlation[..., 0], correlation[..., 1:-1]
        peak = ops.logical_and(
            here > correlation[..., :-2], here > correlation[..., 2:]
        )
        period = ops.floor(self._sample_rate / ops.maximum(frequency, 1.0))
        distance = ops.abs(self._lags - ops.expand_dims(period, -1))
        distance = ops.where(peak, distance, 1e6)
        nearest = distance == ops.min(distance, axis=-1, keepdims=True)
        nearest = ops.logical_and(nearest, peak)
        periodic = ops.max(ops.where(nearest, here, 0.0), axis=-1)
        rest = ops.maximum(total - periodic, periodic / LIMIT)
        ratio = ops.maximum(periodic, rest / LIMIT) / ops.where(rest > 0, rest, 1.0)
        decibels = DECIBEL * ops.log(ops.where(rest > 0, ratio, 1.0))
        return ops.where(frequency > 0, decibels, 0.0)
