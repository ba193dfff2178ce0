"""Liftered mel-frequency cepstral coefficients, as the HTK book has them."""

import numpy as np
from keras import ops

FULL_SCALE = 32767.0  # HTK reads 16-bit samples as they are
LIFTER = 22


class MelCepstrum:
    r"""Coefficients 1 to n of the logarithm of mel energies.

    $$c_k = \left(1 + \frac{L}{2} \sin\frac{\pi k}{L}\right) \sqrt{\frac{2}{B}}
      \sum_b \ln(\max(E_b, 1)) \cos\frac{\pi k (b + 1/2)}{B}$$

    Args:
        num_bands: B, mel bands.
        num_coefficients: n.

    References:
        Young et al., The HTK Book (3.4), section 5.6.
    """

    def __init__(self, num_bands=26, num_coefficients=4):
        k = np.arange(1, num_coefficients + 1)
        lifter = 1 + LIFTER / 2 * np.sin(np.pi * k / LIFTER)
        cosines = np.cos(np.pi * k * (np.arange(num_bands)[:, None] + 0.5) / num_bands)
        transform = lifter * np.sqrt(2 / num_bands) * cosines
        self._transform = transform.astype("float32")  # (bands, coefficients)

    def __call__(self, energies):
        """(batch, frames, n) from mel energies of (batch, frames, bands)."""
        logarithm = ops.log(ops.maximum(energies * FULL_SCALE**2, 1.0))
        return ops.matmul(logarithm, self._transform)
