"""Measures of a wave that is heard block by block."""

from __future__ import annotations

import math

import numpy as np

from satn_keras.corpora.faults.rules import (
    FLAT_TOP,
    FLAT_TOP_RUN,
    FULL_SCALE,
    FULL_SCALE_RUN,
)
from satn_keras.sound_file import LOUDEST


class Wave:
    """Running measures of one channel; blocks of it come one after another.

    Attributes:
        low: Lowest sample, full scale at 1.
        high: Highest sample.
        low_place: Where the first lowest sample is.
        high_place: Where the first highest sample is.
        samples: How many were heard.
        total: Their sum.
        energy: Sum of their squares.
        clipped: Whether neighbouring samples stand at an extreme. A run that goes
            over the border of two blocks counts as two.
    """

    def __init__(self):
        self.low, self.high = math.inf, -math.inf
        self.low_place = self.high_place = 0
        self.samples, self.total, self.energy = 0, 0.0, 0.0
        self._low_clipped = self._high_clipped = False

    def hear(self, block: np.ndarray) -> None:
        """One more block: (samples,), float32."""
        # Each is one pass in a few microseconds; `sum` and `isfinite` take far more.
        top, bottom = int(block.argmax()), int(block.argmin())
        high, low = float(block[top]), float(block[bottom])
        if high > self.high:
            self.high, self.high_place = high, self.samples + top
            self._high_clipped = False
        if low < self.low:
            self.low, self.low_place = low, self.samples + bottom
            self._low_clipped = False
        if high == self.high:
            self._high_clipped = self._high_clipped or _is_flat(block, high)
        if low == self.low:
            self._low_clipped = self._low_clipped or _is_flat(block, low)
        self.samples += len(block)
        self.total += float(np.einsum("i->", block))
        self.energy += float(block.dot(block))

    @property
    def clipped(self) -> bool:
        return self._high_clipped or self._low_clipped

    @property
    def finite(self) -> bool:
        """Whether every sample is a finite number, at most `LOUDEST`."""
        loud = max(self.high, -self.low) > LOUDEST
        # One that is no number spoils every later sum.
        return math.isfinite(self.total) and not loud

    @property
    def mean(self) -> float:
        return self.total / self.samples

    @property
    def rms(self) -> float:
        """Root mean square, full scale at 1."""
        return math.sqrt(self.energy / self.samples)


def _is_flat(block: np.ndarray, value: float) -> bool:
    """Whether a run of samples equal to `value` makes a clipped wave."""
    if not abs(value) >= FLAT_TOP:
        return False
    wanted = FULL_SCALE_RUN if abs(value) >= FULL_SCALE else FLAT_TOP_RUN
    equal = block == value
    return np.count_nonzero(equal) >= wanted and _longest_run(equal) >= wanted


def _longest_run(flags: np.ndarray) -> int:
    """Length of the longest run of true values.

    Example:
        >>> _longest_run(np.array([True, False, True, True, False]))
        2
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags, [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))
