"""Linear discriminant between groups, fitted in closed form."""

from __future__ import annotations

import numpy as np
from sklearn.covariance import empirical_covariance, shrunk_covariance

from satn_keras.experiments.agreement import agreement
from satn_keras.features.linear_discriminant import LIMIT

_RAREST = 1e-12  # share of a group of whom no vector was seen


def fit_discriminant(
    values: np.ndarray,
    groups: np.ndarray,
    shrinkage: float,
    number: int | None = None,
    voices: np.ndarray | None = None,
) -> list[np.ndarray]:
    """What `LinearDiscriminant.set_discriminant` takes.

    Log densities of normal distributions around the groups' means, with one covariance
    within all groups, shrunk towards a multiple of the identity. With `voices` each
    value is first scaled by its `agreement`, so that shrinking leaves those that mean
    the same in every voice and takes the others away.

    Args:
        values: (vectors, values).
        groups: (vectors,), int, the group of each.
        shrinkage: of the covariance, from 0 to 1.
        number: of groups; as many as are seen when absent.
        voices: (vectors,), int, who speaks.

    Returns:
        Center, spread, kernel (values, groups) and bias (groups,), float64.
    """
    values = np.asarray(values, "float64")
    center, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    distances = np.clip((values - center) / spread, -LIMIT, LIMIT)
    scale = np.ones(values.shape[1])
    if voices is not None:
        scale = agreement(distances, groups, voices)
        distances = distances * scale
    counts = np.bincount(groups, minlength=number or 0)
    means = np.zeros((len(counts), distances.shape[1]))
    np.add.at(means, groups, distances)
    means /= np.maximum(counts, 1)[:, np.newaxis]
    within = empirical_covariance(distances - means[groups], assume_centered=True)
    within = shrunk_covariance(within, shrinkage)
    # Where nothing varies, as with one vector of each group, all are equally near.
    kernel = np.linalg.pinv(within, hermitian=True) @ means.T
    shares = np.log(np.maximum(counts / counts.sum(), _RAREST))
    bias = shares - 0.5 * np.einsum("fv,vf->v", kernel, means)
    return [center, spread, scale[:, np.newaxis] * kernel, bias]


def discriminant_scores(values: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """(vectors, groups), what a `LinearDiscriminant` of these weights says."""
    center, spread, kernel, bias = weights
    return np.clip((values - center) / spread, -LIMIT, LIMIT) @ kernel + bias
