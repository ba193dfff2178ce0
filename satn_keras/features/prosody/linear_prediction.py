"""Linear prediction by the Levinson-Durbin recursion, unrolled."""

from keras import ops


def prediction_error_filter(correlation, residual=None):
    r"""Coefficients 1, a_1 ... a_n of the filter that leaves the least energy.

    They solve the normal equations

    $$\sum_{j=0}^n a_j r(k - j) = 0, \quad k = 1 \dots n, \quad a_0 = 1.$$

    In float32 a strong resonance leaves the others few digits of r. What the equations
    then leave can be told more exactly by the spectrum, and corrects the solution once.

    Args:
        correlation: float (..., n + 1), autocorrelation r at lags 0 to n. Where lag 0
            is 0, the filter is 1, 0 ... 0.
        residual: function from coefficients (..., n + 1) to the left sides of the
            equations, (..., n); no correction when None.

    Returns:
        As `correlation`.

    References:
        Makhoul 1975, Linear prediction: a tutorial review. Higham 2002, Accuracy and
        Stability of Numerical Algorithms, section 12, on iterative refinement.

    Example:
        >>> decay = ops.convert_to_tensor([[1.0, 0.5, 0.25]])  # of x_n = x_{n-1} / 2
        >>> ops.convert_to_numpy(prediction_error_filter(decay))
        array([[ 1. , -0.5,  0. ]], dtype=float32)
    """
    order = correlation.shape[-1] - 1
    backward = ops.flip(correlation, axis=-1)  # lag n first
    error = correlation[..., :1]
    coefficients = ops.ones_like(error)
    predictors, errors = [], []
    for step in range(1, order + 1):
        rest = [ops.zeros_like(error)] * (order - step)
        predictors.append(ops.concatenate([ops.flip(coefficients, -1), *rest], axis=-1))
        errors.append(ops.where(error > 0, error, 1.0))
        lags = backward[..., order - step : order]  # step, step - 1 ... 1
        left = ops.sum(coefficients * lags, axis=-1, keepdims=True)
        reflection = -left / errors[-1]
        reflection = ops.clip(reflection, -1.0, 1.0)  # but for rounding, it is less
        longer = ops.concatenate([coefficients, ops.zeros_like(error)], axis=-1)
        coefficients = longer + reflection * ops.flip(longer, axis=-1)
        error = error * (1 - ops.square(reflection))
    if residual is None:
        return coefficients
    left = residual(coefficients)
    correction = _solve(predictors, ops.concatenate(errors, axis=-1), left)
    return coefficients - ops.concatenate([ops.zeros_like(error), correction], axis=-1)


def _solve(predictors, errors, left):
    """The correlation's matrix, inverse, times `left`, (..., n).

    Backward predictors U of all orders and what they leave, D, are its factors: the
    inverse is U^T U / D.
    """
    rows = ops.stack(predictors, axis=-2)  # (..., n, n), order 0 first
    shares = ops.sum(rows * ops.expand_dims(left, -2), axis=-1) / errors
    return ops.sum(rows * ops.expand_dims(shares, -1), axis=-2)
