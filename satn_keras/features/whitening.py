"""Matrix that makes correlated values uncorrelated and of unit deviation."""

import numpy as np


def whitening_matrix(covariance, epsilon=1e-5):
    r"""Matrix of PCA whitening.

    $$W = D^{-1} V (\Lambda + \epsilon)^{-1/2}$$

    with the deviations D and the eigenvectors V and eigenvalues $\Lambda$ of the
    correlation $D^{-1} C D^{-1}$. Rows $(x - \mu) W$ then are uncorrelated, have unit
    deviation, and come in the order of falling eigenvalues. The correlation is taken
    and not the covariance because the values of a frame have units that differ by
    many orders of magnitude (Kessy et al. 2018, PCA-cor): the eigenvectors of the
    small ones would drown in rounding.

    Args:
        covariance: C, (values, values).
        epsilon: $\epsilon$, beside eigenvalues whose mean is 1. It bounds the gain
            of a direction in which nothing varies.

    Returns:
        NumPy float64 array (values, values). An eigenvector's sign is such that its
        largest weight is positive; a value that never varies gets no weight.

    Raises:
        ValueError: if `covariance` is not a square of finite numbers.

    Example:
        >>> whitening_matrix(np.diag([9.0, 0.25]), epsilon=0.0).round(3).T
        array([[0.   , 2.   ],
               [0.333, 0.   ]])

    References:
        Kessy, Lewin, Strimmer, Optimal whitening and decorrelation, The American
        Statistician 72(4), 2018.
    """
    covariance = np.asarray(covariance, "float64")
    if covariance.ndim != 2 or covariance.shape[0] != covariance.shape[1]:
        raise ValueError(
            f"`covariance` must be square. Received: shape={covariance.shape}."
        )
    if not np.isfinite(covariance).all():
        raise ValueError("`covariance` must be finite.")
    variance = np.diag(covariance)
    scale = np.where(variance > 0, 1 / np.sqrt(np.where(variance > 0, variance, 1)), 0)
    values, vectors = np.linalg.eigh(covariance * np.outer(scale, scale))
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(len(values))]
    vectors = vectors * np.where(largest < 0, -1, 1)
    gains = 1 / np.sqrt(np.maximum(values + epsilon, np.finfo("float64").tiny))
    return scale[:, None] * vectors * gains
