"""Loudness: the auditory spectrum of perceptual linear prediction, averaged."""

import numpy as np
from keras import ops

FLOOR = 1e-8
COMPRESSION = 0.33


def equal_loudness(frequencies):
    """Sensitivity of hearing to power at 40 phon, after Hermansky: same shape."""
    w = 2 * np.pi * np.asarray(frequencies, "float64")
    low = (w**2 + 56.8e6) * w**4 / ((w**2 + 6.3e6) ** 2 * (w**2 + 0.38e9))
    return 1e32 * low / (w**7 + 1.7e31)


class Loudness:
    r"""Mean over the mel bands of their weighted power, compressed to 0.33.

    $$L = \frac{1}{B} \sum_b (w_b \max(E_b, 10^{-8}))^{0.33}$$

    Args:
        centres: Hz of each mel band's centre.

    References:
        Hermansky 1990, Perceptual linear predictive (PLP) analysis of speech.
        Eyben et al. 2016, The Geneva Minimalistic Acoustic Parameter Set.
    """

    def __init__(self, centres):
        self._weights = equal_loudness(centres).astype("float32")

    def __call__(self, energies):
        """(batch, frames, 1) from mel energies of (batch, frames, bands)."""
        heard = ops.maximum(energies, FLOOR) * self._weights
        return ops.mean(ops.power(heard, COMPRESSION), axis=-1, keepdims=True)
