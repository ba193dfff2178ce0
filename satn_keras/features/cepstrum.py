"""Mel-frequency cepstral coefficients of logarithmic mel energies."""

import numpy as np
from keras import ops


def cepstra(log_mel, num_coefficients=13):
    r"""First coefficients of the orthonormal cosine transform over the bands.

    $$c_k = \sqrt{\frac{2 - \delta_{k0}}{B}} \sum_{b=0}^{B-1}
      x_b \cos\left(\frac{\pi k\,(2b + 1)}{2B}\right)$$

    Coefficient 0, the energy's, is the first. Coefficients are not liftered: a lifter
    is a factor of each coefficient, which a normalised deviation would undo. As the
    transform and the derivative over frames are linear, the transform of delta
    channels is the delta of the transformed static channel.

    Args:
        log_mel: (..., bands, channels), float.
        num_coefficients: how many; at most as many as bands.

    Returns:
        (..., num_coefficients, channels), in the dtype of `log_mel`.

    Raises:
        ValueError: if `num_coefficients` is not between 1 and the number of bands.

    Example:
        >>> flat = np.ones((1, 4, 1), "float32")  # a level spectrum is energy alone
        >>> np.abs(ops.convert_to_numpy(cepstra(flat, 3))[0, :, 0]).round(5)
        array([2., 0., 0.], dtype=float32)

    References:
        Davis & Mermelstein, Comparison of Parametric Representations for
        Monosyllabic Word Recognition, IEEE Transactions on ASSP 1980.
    """
    log_mel = ops.convert_to_tensor(log_mel)
    bands = log_mel.shape[-2]
    if not 1 <= num_coefficients <= bands:
        raise ValueError(
            f"`num_coefficients` must be from 1 to {bands}, the number of bands. "
            f"Received: num_coefficients={num_coefficients}."
        )
    transform = ops.convert_to_tensor(_cosines(bands, num_coefficients), log_mel.dtype)
    return ops.einsum("kb,...bc->...kc", transform, log_mel)


def _cosines(bands, num_coefficients):
    """Rows of the orthonormal DCT-II: (num_coefficients, bands)."""
    k = np.arange(num_coefficients)[:, None]
    rows = np.cos(np.pi * k * (2 * np.arange(bands) + 1) / (2 * bands))
    return rows * np.sqrt(np.where(k == 0, 1, 2) / bands)
