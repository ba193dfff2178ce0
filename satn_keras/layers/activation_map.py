"""Activations to one value a frame, before it is normalized."""

from keras import ops

_LEAST = 1e-37  # float32 cannot hold the inverse of less


def activation_map(inputs, mask, power):
    r"""Sum over channels of $|A|^p$, up to a factor for each utterance.

    Args:
        inputs: (batch, frames, channels), float32; finite at padded frames too.
        mask: (batch, frames), bool, or None where every frame is true.
        power: p.

    Returns:
        (batch, frames), float32, zero at padded frames. Sums to more than 0 unless all
        activations are 0.

    References:
        Zagoruyko & Komodakis 2017, Paying more attention to attention, section 3.1.

    Example:
        >>> one = ops.convert_to_tensor([[[3.0, 4.0], [0.0, 5.0]]])
        >>> ops.convert_to_numpy(activation_map(one, None, 2.0)).tolist()
        [[1.0, 1.0]]
    """
    # Normalization cancels any common factor, so the largest activation is
    # divided out first: no power of it can overflow, nor the sum vanish. Mask and
    # factor are one number a frame, so that few passes go over the channels.
    largest = ops.max(ops.abs(ops.stop_gradient(inputs)), axis=-1, keepdims=True)
    if mask is not None:
        largest = ops.where(mask[:, :, None], largest, 0.0)
    factor = 1 / ops.maximum(ops.max(largest, axis=1, keepdims=True), _LEAST)
    if mask is not None:
        factor = ops.where(mask[:, :, None], factor, 0.0)  # (batch, frames, 1)
    scaled = inputs * factor
    if power != 2.0:
        scaled = ops.abs(scaled)
    return ops.sum(safe_power(scaled, power), axis=-1)  # (batch, frames)


def safe_power(x, power):
    """x^p of x >= 0, with slope 0 at 0, where that of p < 1 is infinite."""
    if power == 1.0:
        return x
    if power == 2.0:
        return ops.square(x)
    above_zero = x > 0
    return ops.where(above_zero, ops.power(ops.where(above_zero, x, 1.0), power), 0.0)


def safe_sqrt(x):
    """Square root of x >= 0, with slope 0 at 0."""
    return safe_power(x, 0.5)
