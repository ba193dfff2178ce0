"""Moving average over three frames."""

from keras import ops


def smooth(values, own, presence=None):
    """Mean of each frame and its neighbours, of an utterance's own frames alone.

    Args:
        values: float (batch, frames, bands).
        own: bool (batch, frames), the utterance's own frames.
        presence: float, like `values`: how far a frame has a value, 0 to 1. It is the
            weight of the frame in its neighbours' means, and its own mean is
            multiplied by it: zeros, which say "unvoiced", stay zeros.

    Returns:
        As `values`; frames that are not the utterance's own are zero.

    Example:
        >>> values = ops.reshape(ops.array([3.0, 0.0, 0.0, 6.0]), (1, 4, 1))
        >>> own = ops.ones((1, 4), "bool")
        >>> ops.convert_to_numpy(smooth(values, own))[0, :, 0]
        array([1.5, 1. , 2. , 3. ], dtype=float32)
        >>> there = ops.cast(values > 0, "float32")
        >>> ops.convert_to_numpy(smooth(values, own, there))[0, :, 0]
        array([3., 0., 0., 6.], dtype=float32)
    """
    own = ops.expand_dims(ops.cast(own, "float32"), 2)
    weight = own * (ops.ones_like(values) if presence is None else presence)
    number = _sum_of_three(weight)
    # What does not count may be no number.
    weighted = ops.where(weight > 0, weight * values, 0.0)
    return weight * _sum_of_three(weighted) / ops.where(number > 0, number, 1.0)


def _sum_of_three(values):
    padded = ops.pad(values, ((0, 0), (1, 1), (0, 0)))
    return padded[:, :-2] + values + padded[:, 2:]
