"""Spectral flux: how much a magnitude spectrum changes from frame to frame."""

import numpy as np
from keras import ops


class Flux:
    """Root of the mean squared change of magnitude from 0 to 5 kHz.

    The first frame's is 0.

    Args:
        frequencies: Hz of each spectral bin.

    References:
        Eyben et al. 2016, The Geneva Minimalistic Acoustic Parameter Set.
    """

    def __init__(self, frequencies):
        self._top = int(np.searchsorted(frequencies, 5000))

    def __call__(self, power):
        """(batch, frames, 1) from power of (batch, frames, bins)."""
        magnitude = ops.sqrt(power[..., : self._top])
        change = magnitude[:, 1:] - magnitude[:, :-1]
        # No mean: ONNX has none over no frames, the changes of a single one.
        squares = ops.sum(ops.square(change), axis=-1, keepdims=True)
        flux = ops.sqrt(squares / self._top)
        return ops.pad(flux, ((0, 0), (1, 0), (0, 0)))
