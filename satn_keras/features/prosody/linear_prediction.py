"""Linear prediction by the Levinson-Durbin recursion, unrolled."""

from keras import ops


def prediction_error_filter(correlation):
    """Coefficients 1, a_1 ... a_n of the filter that leaves the least energy.

    Args:
        correlation: float (..., n + 1), autocorrelation at lags 0 to n. Where lag 0
            is 0, the filter is 1, 0 ... 0.

    Returns:
        As `correlation`.

    References:
        Makhoul 1975, Linear prediction: a tutorial review.

    Example:
        >>> decay = ops.convert_to_tensor([[1.0, 0.5, 0.25]])  # of x_n = x_{n-1} / 2
        >>> ops.convert_to_numpy(prediction_error_filter(decay))
        array([[ 1. , -0.5,  0. ]], dtype=float32)
    """
    order = correlation.shape[-1] - 1
    backward = ops.flip(correlation, axis=-1)  # lag n first
    error = correlation[..., :1]
    coefficients = ops.ones_like(error)
    for step in range(1, order + 1):
        lags = backward[..., order - step : order]  # step, step - 1 ... 1
        left = ops.sum(coefficients * lags, axis=-1, keepdims=True)
        reflection = -left / ops.where(error > 0, error, 1.0)
        reflection = ops.clip(reflection, -1.0, 1.0)  # but for rounding, it is less
        longer = ops.concatenate([coefficients, ops.zeros_like(error)], axis=-1)
        coefficients = longer + reflection * ops.flip(longer, axis=-1)
        error = error * (1 - ops.square(reflection))
    return coefficients
