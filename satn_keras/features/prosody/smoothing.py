"""Moving average over three frames."""

from keras import ops


def smooth(values, own, skip_zeros=False):
    """Mean of each frame and its neighbours, of an utterance's own frames alone.

    Args:
        values: float (batch, frames, bands).
        own: bool (batch, frames), the utterance's own frames.
        skip_zeros: whether zeros, which say "unvoiced", stay zeros and count in no
            neighbour's mean.

    Returns:
        As `values`; frames that are not the utterance's own are zero.

    Example:
        >>> values = ops.reshape(ops.array([3.0, 0.0, 0.0, 6.0]), (1, 4, 1))
        >>> own = ops.ones((1, 4), "bool")
        >>> ops.convert_to_numpy(smooth(values, own))[0, :, 0]
        array([1.5, 1. , 2. , 3. ], dtype=float32)
        >>> ops.convert_to_numpy(smooth(values, own, skip_zeros=True))[0, :, 0]
        array([3., 0., 0., 6.], dtype=float32)
    """
    counts = ops.broadcast_to(ops.expand_dims(own, 2), ops.shape(values))
    if skip_zeros:
        counts = ops.logical_and(counts, values != 0)
    total = _sum_of_three(ops.where(counts, values, 0.0))
    number = _sum_of_three(ops.cast(counts, "float32"))
    return ops.where(counts, total / ops.maximum(number, 1.0), 0.0)


def _sum_of_three(values):
    padded = ops.pad(values, ((0, 0), (1, 1), (0, 0)))
    return padded[:, :-2] + values + padded[:, 2:]
