"""Candidates of the fundamental frequency, by subharmonic summation."""

import numpy as np
from keras import ops

from satn_keras.features.prosody.peaks import find_peaks, pick

NUM_CANDIDATES = 6
NUM_HARMONICS = 15
COMPRESSION = 0.85
LOWEST, HIGHEST = 55.0, 1000.0  # Hz


class PitchCandidates:
    r"""The highest peaks of an octave spectrum summed with its own harmonics.

    $$S(f) = \frac{1}{15} \sum_{h=1}^{15} 0.85^{h-1} A(h f)$$

    A candidate's strength is one less the mean of S over the peak's height in S.

    Args:
        octaves: log2 of each point's frequency in Hz, evenly spaced.

    References:
        Hermes 1988, Measurement of pitch by subharmonic summation.
    """

    def __init__(self, octaves):
        points = len(octaves)
        per_octave = points / (octaves[-1] - octaves[0])
        summation = np.zeros((points, points))
        for harmonic in range(1, NUM_HARMONICS + 1):
            shift = int(np.floor(per_octave * np.log2(harmonic)))
            weight = COMPRESSION ** (harmonic - 1) / NUM_HARMONICS
            summation += weight * np.eye(points, k=-shift)
        # A point beyond the highest pitch, so that a peak there has neighbours.
        used = int(np.searchsorted(octaves, np.log2(HIGHEST))) + 2
        columns = [summation[:, :used], summation.mean(axis=1, keepdims=True)]
        self._summation = np.concatenate(columns, axis=1).astype("float32")
        self._octaves = octaves[1 : used - 1].astype("float32")
        self._step = float(octaves[1] - octaves[0])

    def __call__(self, spectrum):
        """Log2 of the frequency in Hz, and strength, of each candidate.

        Args:
            spectrum: (batch, frames, points), on the octave scale.

        Returns:
            Each (batch, frames, 6), by their height in S. A missing candidate, or
            one that is no pitch of a voice, has frequency 0 and strength 0.
        """
        summed = ops.matmul(spectrum, self._summation)
        summed, mean = summed[..., :-1], summed[..., -1:]
        peak, offset, height = find_peaks(summed)
        octave = self._octaves + self._step * offset
        left = ops.where(peak, summed[..., 1:-1], 0.0)
        found = []
        for _ in range(NUM_CANDIDATES):
            highest = ops.max(left, axis=-1, keepdims=True, initial=0.0)
            chosen = ops.logical_and(left == highest, left > 0)
            found.append(pick(chosen, octave, height))
            left = ops.where(chosen, 0.0, left)
        octave, height = (
            ops.stack(values, axis=-1) for values in zip(*found, strict=True)
        )
        return _in_range(octave, height, mean)


def _in_range(octave, height, mean):
    inside = ops.logical_and(octave >= np.log2(LOWEST), octave <= np.log2(HIGHEST))
    inside = ops.logical_and(inside, height > 0)
    strength = 1 - mean / ops.where(inside, height, 1.0)
    strength = ops.where(inside, ops.maximum(strength, 0.0), 0.0)
    return ops.where(inside, octave, 0.0), strength
