"""Pure functions on right-padded batches and their boolean masks."""

from keras import ops

# Far below any score, yet finite: a row of nothing but padding stays a number.
_EXCLUDED = -1e30


def lengths_to_mask(lengths, max_length):
    """Mask of the true frames of utterances that start at frame 0.

    Args:
        lengths: (batch,), integers. True frames of each utterance.
        max_length: Frames of the padded batch, an integer or a scalar tensor.

    Returns:
        (batch, max_length), bool.

    Example:
        >>> ops.convert_to_numpy(lengths_to_mask([1, 3], 3))
        array([[ True, False, False],
               [ True,  True,  True]])
    """
    lengths = ops.expand_dims(ops.cast(lengths, "int32"), -1)  # (batch, 1)
    return ops.arange(max_length, dtype="int32") < lengths  # (batch, frames)


def frame_count(mask):
    """True frames of each utterance.

    Args:
        mask: (batch, frames), bool.

    Returns:
        (batch,), int32.

    Example:
        >>> ops.convert_to_numpy(frame_count([[True, True, False]]))
        array([2], dtype=int32)
    """
    return ops.sum(ops.cast(mask, "int32"), axis=-1)


def masked_mean(x, mask, axis=1):
    """Mean over the true frames.

    The sum is taken in float32, so that half precision does not lose frames.

    Args:
        x: (batch, frames, ...), float.
        mask: (batch, frames), bool, or None where every frame is true. It
            covers the leading axes of `x`.
        axis: Axis of `x` that the mean removes; one that the mask covers.

    Returns:
        `x` without `axis`, in the dtype of `x`. Zeros where no frame is true.

    Example:
        >>> x = ops.reshape(ops.arange(3, dtype="float32"), (1, 3, 1))
        >>> ops.convert_to_numpy(masked_mean(x, [[True, True, False]]))
        array([[0.5]], dtype=float32)
    """
    x = ops.convert_to_tensor(x)
    values = ops.cast(x, "float32")
    if mask is None:
        return ops.cast(ops.mean(values, axis=axis), x.dtype)
    mask = ops.cast(mask, "bool")
    for _ in range(len(x.shape) - len(mask.shape)):
        mask = ops.expand_dims(mask, -1)  # (batch, frames, 1, ...)
    total = ops.sum(ops.where(mask, values, 0.0), axis=axis)
    count = ops.sum(ops.cast(mask, "float32"), axis=axis)
    return ops.cast(total / ops.maximum(count, 1.0), x.dtype)


def masked_softmax(scores, mask, axis=-1):
    r"""Softmax over the true keys, in float32.

    $$\alpha_j = \frac{m_j\, e^{s_j}}{\sum_k m_k\, e^{s_k}}$$

    Args:
        scores: Any shape, float.
        mask: Bool, broadcastable to `scores`, or None where every key is true.
        axis: Axis of the keys.

    Returns:
        The shape of `scores`, float32. Exactly 0 at padded keys, and all zeros
        where no key is true.

    Example:
        >>> ops.convert_to_numpy(
        ...     masked_softmax([[1.0, 1.0, 9.0]], [[True, True, False]])
        ... )
        array([[0.5, 0.5, 0. ]], dtype=float32)
    """
    scores = ops.cast(scores, "float32")
    if mask is None:
        return _softmax(scores, axis)
    mask = ops.cast(mask, "bool")
    weights = _softmax(ops.where(mask, scores, _EXCLUDED), axis)
    return ops.where(mask, weights, 0.0)


def _softmax(scores, axis):
    if scores.shape[axis] == 1:  # one frame: Keras would warn, and it has it all
        return ops.ones_like(scores)
    return ops.softmax(scores, axis=axis)


def mask_of(tensor, mask=None):
    """Mask given by hand, or else the one that Keras attached to `tensor`.

    Keras fills a `mask` argument by itself only in layers that receive a
    single tensor.

    Args:
        tensor: Tensor that a masking layer may have made.
        mask: (batch, frames), bool, or None.

    Returns:
        (batch, frames), bool, or None where there is neither.

    Example:
        >>> mask_of(ops.ones((1, 2, 3))) is None
        True
    """
    return getattr(tensor, "_keras_mask", None) if mask is None else mask
