"""Jitter and shimmer: how much one period differs from the next."""

import numpy as np
from keras import ops

from satn_keras.features.fourier import rfft
from satn_keras.features.prosody.framing import frame_signal
from satn_keras.features.prosody.peaks import find_peaks, pick
from satn_keras.features.prosody.pitch_candidates import LOWEST

SEARCH = 0.1  # of a period, on either side of it
ALIKE = 0.5  # correlation that two neighbouring periods have at least
FADE = (
    0.1  # of correlation, on either side of ALIKE, within which a frame counts in part
)
DECIBEL = 20 / np.log(10)


class Perturbation:
    r"""Jitter and shimmer of three neighbouring periods in a frame's middle.

    The first and second period's lengths are the lags, within a tenth of the
    pitch period, at which each correlates best with what follows it, found on the
    cross-spectrum. Jitter is the difference of the two lengths over their mean;
    shimmer the mean difference of neighbouring periods' ranges (highest sample
    less lowest) over their mean, as $20 \log_{10}(1 + s)$ dB.

    Where a period hardly correlates with the next, a frame counts in part: no last
    digit can make it regular.

    openSMILE marks period after period from the onset of a voice on, and a frame
    gets the mean over the periods that end in it; no frame here depends on where
    another one's periods lie.

    Args:
        sample_rate: Hz.
        window_length: samples, a power of two at least: three of the longest
            periods and a tenth of one.
        hop_length: samples from one frame to the next.
        lead: samples by which the first window begins before the signal.

    References:
        Eyben et al. 2016, The Geneva Minimalistic Acoustic Parameter Set.
    """

    def __init__(self, sample_rate, window_length, hop_length, lead):
        self._sample_rate = sample_rate
        self._window_length = window_length
        self._hop_length = hop_length
        self._lead = lead
        self._fft_length = 1 << (window_length - 1).bit_length()
        time = np.arange(window_length) - (window_length - 1) / 2
        self._time = time.astype("float32")
        bins = np.arange(self._fft_length // 2 + 1)
        self._turns = (2 * np.pi * bins / self._fft_length).astype("float32")
        reach = int(np.ceil(SEARCH * sample_rate / LOWEST)) + 1
        self._lags = np.arange(-reach, reach + 1, dtype="float32")
        angle = 2 * np.pi * np.outer(bins, self._lags) / self._fft_length
        weight = np.full((len(bins), 1), 2.0 / self._fft_length)
        weight[[0, -1]] /= 2
        rotation = np.concatenate([weight * np.cos(angle), -weight * np.sin(angle)])
        self._rotation = rotation.astype("float32")  # (2 bins, lags)

    def __call__(self, signal, count, pitch):
        """Jitter and shimmer, and their presence, each (batch, frames, 2).

        All are 0 where unvoiced or irregular.

        Args:
            signal: float (batch, samples).
            count: frames.
            pitch: (batch, frames), Hz, 0 where unvoiced.
        """
        frames = frame_signal(
            signal, count, self._window_length, self._hop_length, self._lead
        )
        # Without an offset, each period has both signs: zeros lie in its range.
        frames = frames - ops.mean(frames, axis=-1, keepdims=True)
        voiced = pitch > 0
        period = self._sample_rate / ops.where(voiced, pitch, self._sample_rate / 16)
        periods = [frames * self._within(period, k) for k in (-1, 0, 1)]
        spectrum = self._transform(frames)
        phase = ops.expand_dims(period, -1) * self._turns
        turn = ops.cos(phase), ops.sin(phase)
        ahead = (
            spectrum[0] * turn[0] - spectrum[1] * turn[1],
            spectrum[0] * turn[1] + spectrum[1] * turn[0],
        )
        energy = [ops.sum(ops.square(one), axis=-1) for one in periods]
        lengths, regular = zip(
            *(
                self._length(periods[k], ahead, period, energy[k] * energy[k + 1])
                for k in range(2)
            ),
            strict=True,
        )
        presence = ops.where(voiced, regular[0] * regular[1], 0.0)
        jitter = _relative(lengths[:1], lengths[1:])
        ranges = [_range(one) for one in periods]
        shimmer = _relative(ranges[:2], ranges[1:])
        values = ops.stack([jitter, DECIBEL * ops.log(1 + shimmer)], axis=-1)
        presence = ops.stack([presence, presence], axis=-1)
        return ops.where(presence > 0, values, 0.0), presence

    def _within(self, period, number):
        """How far each sample lies in a period, the middle one being the 0-th."""
        period = ops.expand_dims(period, -1)
        distance = ops.abs(self._time - number * period)
        return ops.clip(0.5 + 0.5 * period - distance, 0.0, 1.0)

    def _transform(self, frames):
        missing = self._fft_length - self._window_length
        batch, count = ops.shape(frames)[:2]
        silence = ops.zeros((batch, count, missing), dtype="float32")
        return rfft(ops.concatenate([frames, silence], axis=-1), self._fft_length)

    def _length(self, part, ahead, period, energies):
        """Samples to where `part` comes again, and how far it does, 0 to 1."""
        real, imaginary = self._transform(part)
        cross = ops.concatenate(
            [
                real * ahead[0] + imaginary * ahead[1],
                real * ahead[1] - imaginary * ahead[0],
            ],
            axis=-1,
        )
        correlation = ops.matmul(cross, self._rotation)  # (batch, frames, lags)
        peak, offset, _ = find_peaks(correlation)
        here, lags = correlation[..., 1:-1], self._lags[1:-1]
        near = ops.maximum(SEARCH * ops.expand_dims(period, -1), 1.0)
        peak = ops.logical_and(peak, ops.abs(lags) <= near)
        height = ops.where(peak, here, 0.0)
        best = ops.max(height, axis=-1, keepdims=True, initial=0.0)
        chosen = ops.logical_and(peak, height == best)
        (lag,) = pick(chosen, lags + offset)
        best = best[..., 0]
        some = ops.where(best > 0, ops.sqrt(energies), 1.0)
        alike = best / ops.where(some > 0, some, 1.0)
        return period + lag, ops.clip(0.5 + 0.5 * (alike - ALIKE) / FADE, 0.0, 1.0)


def _range(period):
    highest = ops.max(period, axis=-1, initial=0.0)
    return highest - ops.min(period, axis=-1, initial=0.0)


def _relative(first, second):
    """Mean difference over mean, at most 1."""
    pairs = list(zip(first, second, strict=True))
    difference = sum(ops.abs(a - b) for a, b in pairs)
    mean = sum(a + b for a, b in pairs) / 2
    return ops.minimum(difference / ops.where(mean > 0, mean, 1.0), 1.0)
