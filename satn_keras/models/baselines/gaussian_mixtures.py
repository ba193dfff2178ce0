"""Densities of Gaussian mixtures of diagonal covariance, by one matrix product."""

from __future__ import annotations

import numpy as np


def log_components(
    frames: np.ndarray, weights: np.ndarray, means: np.ndarray, variances: np.ndarray
) -> np.ndarray:
    r"""Log density of each frame under each weighted component.

    $$\log w_m - \tfrac12 \sum_d \left(\log 2\pi v_{md} +
      \frac{(x_d - \mu_{md})^2}{v_{md}}\right)$$

    The square is multiplied out, so that all frames and components are two matrix
    products.

    Args:
        frames: (frames, dims).
        weights: (..., components); a component of weight 0 is not there.
        means: (..., components, dims).
        variances: (..., components, dims), above 0.

    Returns:
        (frames, ..., components), float64; -inf where the weight is 0.

    Example:
        >>> one = np.ones((1, 1))
        >>> log_components(one, np.ones(1), one, one).round(4)  # of its own mean
        array([[-0.9189]])
    """
    frames = np.asarray(frames, "float64")
    dims = means.shape[-1]
    precisions = (1 / variances).reshape(-1, dims)
    slopes = (means / variances).reshape(-1, dims)
    with np.errstate(divide="ignore"):
        constants = np.log(weights) - 0.5 * np.sum(
            np.log(2 * np.pi * variances) + means**2 / variances, axis=-1
        )
    logs = frames @ slopes.T - 0.5 * np.square(frames) @ precisions.T
    return logs.reshape(len(frames), *weights.shape) + constants


def log_mixtures(
    frames: np.ndarray, weights: np.ndarray, means: np.ndarray, variances: np.ndarray
) -> np.ndarray:
    """Log density of each frame under each mixture: (frames, ...), float64.

    Args:
        frames: (frames, dims).
        weights: (..., components), of sum 1.
        means: (..., components, dims).
        variances: (..., components, dims), above 0.
    """
    logs = log_components(frames, weights, means, variances)
    peak = logs.max(axis=-1, keepdims=True)  # finite: some component has a weight
    # Five times as fast as `np.logaddexp.reduce`, and most of the time of a training.
    return np.log(np.exp(logs - peak).sum(axis=-1)) + peak[..., 0]
