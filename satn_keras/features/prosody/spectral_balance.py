"""How a spectrum's energy leans: a ratio, two peaks, and slopes of the level."""

import numpy as np
from keras import ops

FLOOR = 1e-14  # power
DECIBEL = 10 / np.log(10)
SLOPES = ((0, 500), (500, 1500))  # Hz


class SpectralBalance:
    """Alpha ratio, Hammarberg index and two slopes of each frame's power.

    - Alpha ratio: energy of 1 to 5 kHz over that below 1 kHz, dB.
    - Hammarberg index: highest power below 2 kHz over that of 2 to 5 kHz, dB.
    - Slopes of the least-squares line through the levels of the bins from 0 to 500
      and from 500 to 1500 Hz, dB per Hz.

    openSMILE divides by one bin less than it sums over, so its slopes also fall
    with the band's mean level; these do not.

    Args:
        frequencies: Hz of each spectral bin.

    References:
        Eyben et al. 2016, The Geneva Minimalistic Acoustic Parameter Set.
    """

    def __init__(self, frequencies):
        self._thousand = int(np.searchsorted(frequencies, 1000))
        self._two_thousand = int(np.searchsorted(frequencies, 2000))
        self._top = int(np.searchsorted(frequencies, 5000, "right"))
        used = frequencies[frequencies <= SLOPES[-1][-1]]
        slopes = [_slope(used, low, high) for low, high in SLOPES]
        self._slopes = (DECIBEL * np.stack(slopes, axis=1)).astype("float32")

    def __call__(self, power):
        """(batch, frames, 4) from power of (batch, frames, bins)."""
        low = power[..., : self._thousand]
        high = power[..., self._thousand : self._top]
        alpha = _decibels(ops.sum(high, -1)) - _decibels(ops.sum(low, -1))
        low = power[..., : self._two_thousand]
        high = power[..., self._two_thousand : self._top]
        hammarberg = _decibels(_highest(low)) - _decibels(_highest(high))
        levels = ops.log(ops.maximum(power[..., : len(self._slopes)], FLOOR))
        slopes = ops.matmul(levels, self._slopes)  # (batch, frames, 2)
        ratios = ops.stack([alpha, hammarberg], axis=-1)
        return ops.concatenate([ratios, slopes], axis=-1)


def _highest(power):
    return ops.max(power, axis=-1, initial=0.0)


def _decibels(power):
    return DECIBEL * ops.log(ops.maximum(power, FLOOR))


def _slope(frequencies, low, high):
    """Weight of each bin's level in the slope of the line through a band's."""
    inside = (frequencies >= low) & (frequencies <= high)
    centred = np.where(inside, frequencies - frequencies[inside].mean(), 0.0)
    return centred / np.sum(centred**2)
