"""Magnitude spectra on a logarithmic frequency axis, for subharmonic summation."""

import numpy as np
from keras import ops

LOWEST = 25.0  # Hz, first point of the octave scale
LOWER_BINS = 64  # among which the first spectral peak is sought


class OctaveScale:
    """Spectral peaks, smoothed and interpolated at points evenly spaced in octaves.

    1. Bins farther than two from every peak become zero, those before the first
       peak excepted.
    2. Smoothing over three bins with weights 1/4, 1/2, 1/4.
    3. A natural cubic spline over log frequency, evaluated from 25 Hz to half the
       sample rate at as many points as there are bins; negative values become 0.
    4. A weight of hearing that rises around 65 Hz.

    Steps 2 and 3 are one product with a matrix.

    Args:
        frequencies: Hz of each spectral bin, evenly spaced from 0.

    Attributes:
        octaves: log2 of each point's frequency in Hz, evenly spaced: (points,).

    References:
        Hermes 1988, Measurement of pitch by subharmonic summation.
    """

    def __init__(self, frequencies):
        bins = np.log2(np.maximum(frequencies, 1e-9))
        bins[0] = 2 * bins[1] - bins[2]
        points = len(bins)
        self.octaves = np.linspace(np.log2(LOWEST), bins[-1], points)
        smooth = _smoothing(points)
        matrix = _spline(bins, self.octaves) @ smooth
        per_octave = points / (self.octaves[-1] - self.octaves[0])
        rise = np.arange(1, points + 1) - per_octave * np.log2(65 / 50) + 1
        weight = 0.5 + np.arctan(3 * rise / per_octave) / np.pi
        # A positive weight may be applied before negative values are removed.
        self._matrix = (matrix * weight[:, None]).T.astype("float32")

    def __call__(self, magnitude):
        """(batch, frames, points) from magnitude of (batch, frames, bins)."""
        peaks = _only_peaks(magnitude)
        return ops.relu(ops.matmul(peaks, self._matrix))


def _only_peaks(magnitude):
    padded = ops.pad(magnitude, ((0, 0), (0, 0), (1, 1)))
    rises = magnitude > padded[..., :-2]
    falls = magnitude >= padded[..., 2:]
    peak = ops.cast(ops.logical_and(rises, falls), "float32")
    around = ops.pad(peak, ((0, 0), (0, 0), (2, 2)))
    bins = magnitude.shape[-1]
    near = sum(around[..., shift : shift + bins] for shift in range(5))
    lower = np.triu(np.ones((LOWER_BINS, LOWER_BINS), "float32"))
    so_far = ops.matmul(peak[..., :LOWER_BINS], lower)
    before = ops.cast(so_far == 0, "float32")
    missing = bins - LOWER_BINS
    near = near + ops.pad(before, ((0, 0), (0, 0), (0, missing)))
    return ops.where(near > 0, magnitude, 0.0)


def _smoothing(points):
    matrix = 0.5 * np.eye(points) + 0.25 * (np.eye(points, k=1) + np.eye(points, k=-1))
    matrix[-1] = 0
    matrix[-1, -1] = 1
    return matrix


def _spline(knots, points):
    """Matrix from values at the knots to a natural cubic spline at the points."""
    count = len(knots)
    gap = np.diff(knots)
    # Second derivatives m: left @ m = right @ values.
    left, right = np.eye(count), np.zeros((count, count))
    for k in range(1, count - 1):
        left[k, k - 1 : k + 2] = gap[k - 1] / 6, (gap[k - 1] + gap[k]) / 3, gap[k] / 6
        right[k, k - 1 : k + 2] = (
            1 / gap[k - 1],
            -1 / gap[k - 1] - 1 / gap[k],
            1 / gap[k],
        )
    curvature = np.linalg.solve(left, right)
    below = np.clip(np.searchsorted(knots, points, "right") - 1, 0, count - 2)
    width = gap[below]
    b = (points - knots[below]) / width
    a = 1 - b
    rows = np.arange(len(points))
    linear = np.zeros((len(points), count))
    linear[rows, below], linear[rows, below + 1] = a, b
    bend = ((a**3 - a)[:, None] * curvature[below]) + (
        (b**3 - b)[:, None] * curvature[below + 1]
    )
    return linear + bend * (width**2 / 6)[:, None]
