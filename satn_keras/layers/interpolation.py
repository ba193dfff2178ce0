"""Linear interpolation of one frame axis, each utterance to its own length."""

from keras import ops


def interpolate_frames(x, lengths, new_lengths, new_frames, axis=1):
    r"""Values of right-padded utterances at another number of frames.

    Both lengths span the same time, so the centre of new frame i lies at

    $$t_i = \left(i + \tfrac12\right)\frac{n}{n'} - \tfrac12$$

    frames of the old axis; beyond the first and last centre those two hold.
    Equal lengths give back the values exactly.

    Args:
        x: (batch, ..., frames, ...), float32.
        lengths: n, (batch,), integers. True frames of `x`.
        new_lengths: n', (batch,), integers. True frames of the result.
        new_frames: Frames of the padded result, an integer or scalar tensor.
        axis: Axis of the frames; positive.

    Returns:
        `x` with `new_frames` on `axis`, zero from `new_lengths` on.

    Example:
        >>> x = ops.array([[0.0, 4.0, 9.0]])  # two true frames and padding
        >>> ops.convert_to_numpy(interpolate_frames(x, [2], [4], 5))
        array([[0., 1., 3., 4., 0.]], dtype=float32)
    """
    lengths = _column(lengths)  # (batch, 1)
    new_lengths = _column(new_lengths)
    frame = ops.cast(ops.arange(new_frames), "float32")  # (new_frames,)
    centre = (frame + 0.5) * lengths / ops.maximum(new_lengths, 1.0) - 0.5
    centre = ops.clip(centre, 0.0, ops.maximum(lengths - 1.0, 0.0))
    left = ops.floor(centre)
    right = ops.minimum(left + 1.0, ops.maximum(lengths - 1.0, 0.0))
    share, true = centre - left, frame < new_lengths  # (batch, new_frames)

    def along_axis(values):  # (batch, new_frames) to the rank of x
        for other in range(1, len(x.shape)):
            if other != axis:
                values = ops.expand_dims(values, other)
        return values

    def take(indices):
        return ops.take_along_axis(x, along_axis(ops.cast(indices, "int32")), axis)

    share = along_axis(share)
    values = take(left) * (1.0 - share) + take(right) * share
    return ops.where(along_axis(true), values, 0.0)


def _column(lengths):
    return ops.expand_dims(ops.cast(lengths, "float32"), -1)  # (batch, 1)
