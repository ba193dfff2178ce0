"""Candidates of the fundamental frequency, by subharmonic summation."""

import numpy as np
from keras import ops

NUM_CANDIDATES = 6
NUM_HARMONICS = 15
COMPRESSION = 0.85
LOWEST, HIGHEST = 55.0, 1000.0  # Hz


class PitchCandidates:
    """The highest peaks of an octave spectrum summed with its own harmonics.

    $$S(f) = \\frac{1}{15} \\sum_{h=1}^{15} 0.85^{h-1} A(h f)$$

    A candidate's strength is one less the mean of S over its peak in S.

    Args:
        octaves: log2 of each point's frequency in Hz, evenly spaced.
        points_per_octave: by which harmonics are found.

    References:
        Hermes 1988, Measurement of pitch by subharmonic summation.
    """

    def __init__(self, octaves, points_per_octave):
        points = len(octaves)
        summation = np.zeros((points, points))
        for harmonic in range(1, NUM_HARMONICS + 1):
            shift = int(np.floor(points_per_octave * np.log2(harmonic)))
            weight = COMPRESSION ** (harmonic - 1) / NUM_HARMONICS
            summation += weight * np.eye(points, k=-shift)
        # A point more than the highest pitch, so that a peak there has neighbours.
        used = int(np.searchsorted(octaves, np.log2(HIGHEST))) + 2
        columns = [summation[:, :used], summation.mean(axis=1, keepdims=True)]
        self._summation = np.concatenate(columns, axis=1).astype("float32")
        self._octaves = octaves[1 : used - 1].astype("float32")
        self._step = float(octaves[1] - octaves[0])

    def __call__(self, spectrum):
        """Log2 of frequency and strength, each (batch, frames, candidates).

        A missing candidate has strength 0 and frequency 0. They are sorted by
        their height in S.
        """
        summed = ops.matmul(spectrum, self._summation)
        mean = summed[..., -1:]
        before, here, after = summed[..., :-3], summed[..., 1:-2], summed[..., 2:-1]
        peak = ops.logical_and(here > before, here > after)
        bend = ops.where(peak, before - 2 * here + after, -1.0)
        offset = 0.5 * (before - after) / bend
        octave = self._octaves + self._step * offset
        height = here - 0.25 * (before - after) * offset
        left = ops.where(peak, here, 0.0)
        found = []
        for _ in range(NUM_CANDIDATES):
            chosen = ops.logical_and(left == ops.max(left, -1, keepdims=True), left > 0)
            hot = ops.cast(chosen, "float32")
            number = ops.maximum(ops.sum(hot, -1), 1.0)
            found.append(
                (ops.sum(hot * octave, -1) / number, ops.sum(hot * height, -1) / number)
            )
            left = ops.where(chosen, 0.0, left)
        octave = ops.stack([one for one, _ in found], axis=-1)
        height = ops.stack([one for _, one in found], axis=-1)
        return _in_range(octave, height, mean)


def _in_range(octave, height, mean):
    inside = ops.logical_and(octave >= np.log2(LOWEST), octave <= np.log2(HIGHEST))
    inside = ops.logical_and(inside, height > 0)
    strength = 1 - mean / ops.where(inside, height, 1.0)
    strength = ops.where(ops.logical_and(inside, strength > 0), strength, 0.0)
    return ops.where(inside, octave, 0.0), strength
