"""Spectra of real frames, by a fast transform or by two products with matrices."""

import contextlib
import contextvars

import numpy as np
from keras import ops

_BY_MATRICES = contextvars.ContextVar("spectra_by_matrices", default=False)


def rfft(frames, fft_length):
    """Real and imaginary parts of the spectrum of real frames.

    Args:
        frames: float (..., fft_length).
        fft_length: samples, a number known beforehand.

    Returns:
        Two tensors (..., fft_length // 2 + 1), as `keras.ops.rfft` gives them.

    Example:
        >>> with spectra_by_matrices():
        ...     real, imaginary = rfft(ops.convert_to_tensor([[0.0, 1.0, 0.0, 0.0]]), 4)
        >>> ops.convert_to_numpy(real).round(3) + 0.0
        array([[ 1.,  0., -1.]], dtype=float32)
    """
    if not _BY_MATRICES.get():
        return ops.rfft(frames, fft_length)
    bins = np.arange(fft_length // 2 + 1)
    turns = np.outer(np.arange(fft_length), bins) % fft_length / fft_length
    cosine, sine = np.cos(2 * np.pi * turns), -np.sin(2 * np.pi * turns)
    return tuple(ops.matmul(frames, part.astype("float32")) for part in (cosine, sine))


@contextlib.contextmanager
def spectra_by_matrices():
    """Within it, `rfft` is two products with matrices.

    For formats that know no transform of real frames. It costs some ten times as much
    and rounds otherwise.
    """
    token = _BY_MATRICES.set(True)
    try:
        yield
    finally:
        _BY_MATRICES.reset(token)
