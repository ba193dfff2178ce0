"""Stretches of a batch's rows, each row's from a place of its own."""

from keras import ops


def stretch(x, start, count):
    """Entries `start` to `start + count` of each row.

    Args:
        x: (batch, length, ...).
        start: (batch,), int32. Places before the first entry or past the last give
            that entry.
        count: entries, int.

    Returns:
        (batch, count, ...), in the dtype of `x`.

    Example:
        >>> x = ops.reshape(ops.arange(8), (2, 4))
        >>> ops.convert_to_numpy(stretch(x, ops.array([0, 2]), 2))
        array([[0, 1],
               [6, 7]], dtype=int32)
    """
    batch, length = ops.shape(x)[:2]
    places = start[:, None] + ops.arange(count, dtype="int32")[None]
    places = ops.minimum(ops.maximum(places, 0), length - 1)  # (batch, count)
    first = ops.arange(batch, dtype="int32")[:, None] * length
    # One axis of rows laid end to end: a gather that every converter knows.
    laid = ops.reshape(x, (-1, *x.shape[2:]))
    return ops.take(laid, places + first, axis=0)


def appended(kept, filled, new, count):
    """Rows of a buffer with the first `count` of the new entries behind the old ones.

    Args:
        kept: (batch, length), whose first `filled` entries count.
        filled: (batch,), int32.
        new: (batch, most), in the dtype of `kept`.
        count: (batch,), int32, at most as many as fit.

    Returns:
        As `kept`.

    Example:
        >>> row = appended(ops.zeros((1, 4)), ops.array([1]), ops.ones((1, 3)), [2])
        >>> ops.convert_to_numpy(row)
        array([[0., 1., 1., 0.]], dtype=float32)
    """
    length = kept.shape[1]
    place = ops.arange(length, dtype="int32")[None] - filled[:, None]
    count = ops.convert_to_tensor(count, dtype="int32")[:, None]
    fresh = ops.logical_and(place >= 0, place < count)
    return ops.where(fresh, stretch(new, -filled, length), kept)
