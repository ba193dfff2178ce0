"""Exact statistics of frames that arrive in parts."""

import numpy as np


class FeatureStatistics:
    """Exact mean and deviation of frames that arrive in parts.

    Parts are merged in float64 (Chan, Golub, LeVeque 1983), so the order and
    size of parts do not matter.

    Args:
        covariance: whether the covariance of the values of a frame is kept as well.
        prior: frames that were there before the first, in each band, and their mean
            and deviation, each (bands, channels); see `moments_with_prior`. Without
            a covariance only.

    Raises:
        ValueError: if a covariance is asked for after a prior.

    Example:
        >>> statistics = FeatureStatistics()
        >>> for part in ([1.0, 2.0], [6.0]):
        ...     statistics.add(np.reshape(part, (-1, 1, 1)))
        >>> float(statistics.mean[0, 0]), statistics.count
        (3.0, 3)
    """

    def __init__(self, covariance=False, prior=None):
        if covariance and prior is not None:
            raise ValueError("A prior has no covariance. Leave one of the two out.")
        frames, mean, deviation = (0, 0.0, 0.0) if prior is None else prior
        self.count = 0  # frames
        self._counts = frames  # of each band, where not all frames count
        self._mean = np.asarray(mean, "float64")
        self._squares = frames * np.square(deviation)  # of distances from the mean
        self._products = 0.0 if covariance else None  # and of their products

    def add(self, features, present=None):
        """True frames of one utterance or more: (..., bands, channels).

        Args:
            features: the frames.
            present: bool (..., bands), the values that count; all when None.

        Raises:
            ValueError: if bands and channels differ from those before, or a
                value is not finite.
        """
        features = np.asarray(features, dtype="float64")
        if self._mean.ndim and features.shape[-2:] != self._mean.shape:
            raise ValueError(
                f"Features must have the bands and channels {self._mean.shape} of "
                f"those before. Received: shape={features.shape}."
            )
        if not np.isfinite(features).all():
            raise ValueError("Features must be finite.")
        frames = features.reshape(-1, *features.shape[-2:])
        if not len(frames):
            return
        counts = len(frames)
        if present is not None:  # (frames, bands, 1)
            present = np.asarray(present).reshape(*frames.shape[:2], 1)
            frames = np.where(present, frames, 0.0)
            counts = present.sum(axis=0)  # (bands, 1)
        mean = frames.sum(axis=0) / np.maximum(counts, 1)
        distances = frames - mean
        if present is not None:
            distances = np.where(present, distances, 0.0)
        squares = np.square(distances).sum(axis=0)
        total = self._counts + counts
        shift = mean - self._mean
        self._mean = self._mean + shift * (counts / np.maximum(total, 1))
        weight = self._counts * counts / np.maximum(total, 1)
        self._squares = self._squares + squares + weight * shift**2
        if self._products is not None:
            distances = distances.reshape(len(frames), -1)
            products = distances.T @ distances
            between = np.outer(shift, shift)
            self._products = self._products + products + weight * between
        self._counts = total
        self.count += len(frames)

    @property
    def mean(self):
        """Mean over frames, float64 (bands, channels)."""
        self._check_not_empty()
        return self._mean

    @property
    def deviation(self):
        """Standard deviation of the population, float64 (bands, channels)."""
        self._check_not_empty()
        return np.sqrt(self._squares / np.maximum(self._counts, 1))

    @property
    def covariance(self):
        """Covariance of the population, float64.

        (bands x channels, bands x channels), the channel changing fastest.

        Raises:
            ValueError: if it was not asked for, or no frames were added.
        """
        if self._products is None:
            raise ValueError("The covariance is kept with `covariance=True` only.")
        self._check_not_empty()
        return self._products / self.count

    def _check_not_empty(self):
        if not self.count:
            raise ValueError("No frames were added, so there are no statistics.")
