"""What a normalisation is given beside its frames."""

import numpy as np


def check_form(mode, modes, prior_frames):
    """Refuse an unknown mode, and a prior that it cannot have.

    Raises:
        ValueError: naming which.
    """
    if mode not in modes:
        raise ValueError(
            f"`mode` must be one of {', '.join(modes)}. Received: {mode!r}."
        )
    if prior_frames < 0 or (prior_frames and mode != "speaker"):
        raise ValueError(
            "`prior_frames` must be at least 0, and are of mode 'speaker' alone. "
            f"Received: {prior_frames} in mode {mode!r}."
        )


def check_given(statistics, mode):
    """Refuse what no mode takes.

    Raises:
        ValueError: if the mode has no use for statistics, or their rank is not 4.
    """
    if mode not in ("speaker", "voices"):
        raise ValueError(
            "`statistics` are taken in modes 'speaker' and 'voices' only. "
            f"Received: mode={mode!r}."
        )
    if len(statistics.shape) != 4:
        raise ValueError(
            "`statistics` must have the shape (batch, 2, bands, channels). "
            f"Received: shape={tuple(statistics.shape)}."
        )


def checked_moments(mean, deviation):
    """Both as arrays, (bands, channels).

    Raises:
        ValueError: if shapes do not fit, a value is not finite, or a deviation is
            negative.
    """
    mean, deviation = np.asarray(mean), np.asarray(deviation)
    if mean.ndim != 2 or mean.shape != deviation.shape:
        raise ValueError(
            "`mean` and `deviation` must both have the shape (bands, channels). "
            f"Received: {mean.shape} and {deviation.shape}."
        )
    if not (np.isfinite(mean).all() and np.isfinite(deviation).all()):
        raise ValueError("`mean` and `deviation` must be finite.")
    if (deviation < 0).any():
        raise ValueError("`deviation` must not be negative.")
    return mean, deviation


def checked_whitening(mean, matrix):
    """Both as arrays: (bands, channels), and their product on both axes.

    Raises:
        ValueError: if shapes do not fit, or a value is not finite.
    """
    mean, matrix = np.asarray(mean), np.asarray(matrix)
    if mean.ndim != 2 or matrix.shape != (mean.size, mean.size):
        raise ValueError(
            "`mean` must have the shape (bands, channels) and `matrix` their "
            f"product on both axes. Received: {mean.shape} and {matrix.shape}."
        )
    if not (np.isfinite(mean).all() and np.isfinite(matrix).all()):
        raise ValueError("`mean` and `matrix` must be finite.")
    return mean, matrix


def check_mode(what, mode, *modes):
    """Refuse what only some modes keep.

    Raises:
        ValueError: if `mode` is none of `modes`.
    """
    if mode not in modes:
        raise ValueError(
            f"{what} can be set in mode {' or '.join(map(repr, modes))} only. "
            f"Received: mode={mode!r}."
        )
