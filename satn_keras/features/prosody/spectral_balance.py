"""How a spectrum's energy leans: ratio, peaks, and slopes of the logarithm."""

import numpy as np
from keras import ops

FLOOR = 1e-14  # power
DECIBEL = 10 / np.log(10)


class SpectralBalance:
    r"""Alpha ratio, Hammarberg index and two slopes of one frame's power.

    - Alpha ratio: energy of 1 to 5 kHz over that below 1 kHz, dB.
    - Hammarberg index: highest power below 2 kHz over that of 2 to 5 kHz, dB.
    - Slopes of 0 to 500 and 500 to 1500 Hz, dB per Hz: with the band's n + 1 bins
      f and their level x, as openSMILE computes it,

    $$\frac{n \sum f x - \sum f \sum x}{n \sum f^2 - (\sum f)^2}$$

    which is the least-squares line but for n in the place of n + 1, so it also
    falls by the band's mean level.

    Args:
        frequencies: Hz of each spectral bin.

    References:
        Eyben et al. 2016, The Geneva Minimalistic Acoustic Parameter Set.
    """

    def __init__(self, frequencies):
        self._thousand = int(np.searchsorted(frequencies, 1000))
        self._two_thousand = int(np.searchsorted(frequencies, 2000))
        self._top = int(np.searchsorted(frequencies, 5000, "right"))
        slopes = [_slope(frequencies, 0, 500), _slope(frequencies, 500, 1500)]
        self._slopes = (DECIBEL * np.stack(slopes, 1)).astype("float32")

    def __call__(self, power):
        """(batch, frames, 4) from power of (batch, frames, bins)."""
        low, high = power[..., : self._thousand], power[..., self._thousand : self._top]
        alpha = _decibels(ops.sum(high, -1)) - _decibels(ops.sum(low, -1))
        low = power[..., : self._two_thousand]
        high = power[..., self._two_thousand : self._top]
        hammarberg = _decibels(ops.max(low, -1)) - _decibels(ops.max(high, -1))
        used = len(self._slopes)
        logarithm = ops.log(ops.maximum(power[..., :used], FLOOR))
        slopes = ops.matmul(logarithm, self._slopes)  # (batch, frames, 2)
        ratios = ops.stack([alpha, hammarberg], axis=-1)
        return ops.concatenate([ratios, slopes], axis=-1)


def _decibels(power):
    return DECIBEL * ops.log(ops.maximum(power, FLOOR))


def _slope(frequencies, low, high):
    """Weights of each bin up to 1500 Hz, whose sum with the levels is the slope."""
    spacing = frequencies[1]
    first, last = low / spacing, high / spacing
    bins = np.arange(int(np.floor(1500 / spacing)) + 1)
    # Bins at the edges count by the share of them that lies within.
    inside = (bins >= np.floor(first)) & (bins <= np.floor(last))
    share = np.where(inside, 1.0, 0.0)
    share[int(np.floor(first))] = np.ceil(first) - first or 1.0
    share[int(np.floor(last))] = last - np.floor(last) or 1.0
    f = bins * spacing * share
    n = np.floor(last) - np.floor(first)
    return (n * f - f.sum() * share) / (n * np.sum(f**2) - f.sum() ** 2)
