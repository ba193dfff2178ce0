"""Attention of each frame to the frames near it, in memory linear in time."""

from keras import ops

from satn_keras.layers.masks import masked_softmax

_LEAST_BLOCK = 32  # frames; matrix products of fewer rows are slow


def attend_in_band(query, key, value, mask, reach, causal=False, dropout=None):
    r"""Context and weights of queries that see `reach` frames to each side.

    The frames are cut into blocks no shorter than the reach. One matrix product
    scores a block's queries against the keys of the block and of its
    neighbours' near ends; of each row of that product the scores within reach
    are kept. The largest tensor is (batch, heads, frames, 3 x reach).

    Args:
        query: (batch, frames, heads, depth), float, scaled.
        key: (batch, frames, heads, depth), float.
        value: (batch, frames, heads, depth), float.
        mask: (batch, frames), bool. True at true frames; None if all are.
        reach: Frames to each side, at least 1.
        causal: Whether a query sees no frame after its own.
        dropout: Function of the weights before they meet the values, or None.

    Returns:
        Context, (batch, frames, heads, depth), and weights, (batch, heads,
        frames, band), float32, where band is 2 reach + 1, or reach + 1 if causal.
        Entry j of a query's row is the weight of the key j - reach frames after
        it: 0 where there is none or it is padding.
    """
    batch, frames, heads, depth = _shape(query)
    query, key, value = (ops.swapaxes(x, 1, 2) for x in (query, key, value))
    block = _block(frames, reach)
    left, right = _sides(block, reach, causal)
    keys = _with_neighbours(_blocks(key, block), left, right)
    values = _with_neighbours(_blocks(value, block), left, right)
    scores = ops.matmul(
        ops.cast(_blocks(query, block), "float32"),
        ops.swapaxes(ops.cast(keys, "float32"), -1, -2),
    )  # (batch, heads, blocks, block, left + block + right)
    if mask is None:
        mask = ops.ones((batch, frames), dtype="bool")
    allowed = _allowed(ops.cast(mask, "bool"), block, left, right)
    weights = masked_softmax(_band(scores), allowed)
    shares = ops.cast(weights, value.dtype)
    shares = shares if dropout is None else dropout(shares)
    context = _frames(ops.matmul(_rows(shares), values), frames)
    weights = _frames(weights, frames)  # (batch, heads, frames, left + 1 + right)
    beyond = [reach - left, 0 if causal else reach - right]
    weights = ops.pad(weights, [[0, 0], [0, 0], [0, 0], beyond])
    band = reach + 1 + (0 if causal else reach)
    # The last reshapes keep a number of frames that is known.
    weights = ops.reshape(weights, (-1, heads, frames, band))
    context = ops.swapaxes(context, 1, 2)
    return ops.reshape(context, (-1, frames, heads, depth)), weights


def received_in_band(weights, reach, causal=False):
    """Sum of the weights that each frame receives from all queries.

    Args:
        weights: (batch, heads, frames, band), as `attend_in_band` gives them.
        reach: Frames to each side.
        causal: Whether a query sees no frame after its own.

    Returns:
        (batch, heads, frames), in the dtype of `weights`.

    Example:
        >>> weights = ops.array([[[[0.0, 0.4, 0.6], [0.1, 0.9, 0.0]]]])
        >>> ops.convert_to_numpy(received_in_band(weights, reach=1))
        array([[[0.5, 1.5]]], dtype=float32)
    """
    frames = _shape(weights)[2]
    block = _block(frames, reach)
    left, right = _sides(block, reach, causal)
    near = weights[..., reach - left : reach + 1 + right]
    sums = ops.sum(_rows(_blocks(near, block)), axis=3)  # (batch, heads, blocks, span)
    own = sums[..., left : left + block]
    # What the next block gives to this one's end, and the last one to its start.
    none = [[0, 0], [0, 0]]
    ends = ops.pad(sums[:, :, 1:, :left], [*none, [0, 1], [block - left, 0]])
    total = own + ends
    if not causal:
        starts = sums[:, :, :-1, left + block :]
        total = total + ops.pad(starts, [*none, [1, 0], [0, block - right]])
    return _frames(total[..., None], frames)[..., 0]


def full_map(weights, reach):
    """Weights of a band as the T x T map that they are part of.

    Args:
        weights: (batch, heads, frames, band), as `attend_in_band` gives them,
            causal or not.
        reach: Frames to each side.

    Returns:
        (batch, heads, queries, keys), zero out of reach. Its size grows with the
        square of the frames.

    Example:
        >>> weights = ops.array([[[[0.0, 0.4, 0.6], [0.1, 0.9, 0.0]]]])
        >>> ops.convert_to_numpy(full_map(weights, reach=1))[0, 0]
        array([[0.4, 0.6],
               [0.1, 0.9]], dtype=float32)
    """
    frames = _shape(weights)[2]
    rows = _rows(weights[:, :, None])[:, :, 0]  # as one block
    return rows[..., reach : reach + frames]


def _shape(x):
    return ops.shape(x)  # integers where they are known, else scalar tensors


def _block(frames, reach):
    """Frames of a block: the utterance, or at least the reach."""
    return _lesser(_greater(frames, 1), max(reach, _LEAST_BLOCK))


def _sides(block, reach, causal):
    """Frames before and after a block that its queries see."""
    left = _lesser(block, reach)  # a shorter block is the whole utterance
    return left, 0 if causal else left


def _lesser(one, other):
    return min(one, other) if isinstance(one, int) else ops.minimum(one, other)


def _greater(one, other):
    return max(one, other) if isinstance(one, int) else ops.maximum(one, other)


def _blocks(x, block):
    """(batch, heads, frames, n) to (batch, heads, blocks, block, n)."""
    batch, heads, frames, width = _shape(x)
    # Of no negative number, whose remainder ONNX takes otherwise.
    missing = (block - frames % block) % block
    x = ops.pad(x, [[0, 0], [0, 0], [0, missing], [0, 0]])
    return ops.reshape(x, (batch, heads, -1, block, width))


def _frames(x, frames):
    """(batch, heads, blocks, block, n) to (batch, heads, frames, n)."""
    batch, heads, _, _, width = _shape(x)
    return ops.reshape(x, (batch, heads, -1, width))[:, :, :frames]


def _with_neighbours(x, left, right):
    """Each block between the end of the last and the start of the next.

    (batch, heads, blocks, block, n) to (batch, heads, blocks, span, n).
    """
    block = _shape(x)[3]
    padded = ops.pad(x, [[0, 0], [0, 0], [1, 1], [0, 0], [0, 0]])
    parts = [padded[:, :, :-2, block - left :], x, padded[:, :, 2:, :right]]
    return ops.concatenate(parts, axis=3)


def _allowed(mask, block, left, right):
    """(batch, 1, blocks, block, band), bool: true keys of true queries."""
    # LiteRT cannot index a bool with a new axis.
    frames = _blocks(ops.expand_dims(mask, (1, 3)), block)
    # (batch, 1, blocks, block, 1)
    keys = ops.swapaxes(_with_neighbours(frames, left, right), -1, -2)
    rows = ops.logical_and(keys, ops.ones_like(frames))
    return ops.logical_and(_band(rows), frames)


def _band(rows):
    """Of row r the columns from r on: (..., block, span) to (..., block, band).

    One column more a row moves each row one further to the left.
    """
    batch, heads, blocks, block, span = _shape(rows)
    flat = ops.reshape(rows, (batch, heads, blocks, -1))
    flat = ops.pad(flat, [[0, 0], [0, 0], [0, 0], [0, block]])
    moved = ops.reshape(flat, (batch, heads, blocks, block, span + 1))
    return moved[..., : span - block + 1]


def _rows(band):
    """Inverse of `_band`: (..., block, band) to (..., block, span), else zero."""
    batch, heads, blocks, block, width = _shape(band)
    moved = ops.pad(band, [[0, 0], [0, 0], [0, 0], [0, 0], [0, block]])
    flat = ops.reshape(moved, (batch, heads, blocks, -1))
    span = width + block - 1
    return ops.reshape(flat[..., : block * span], (batch, heads, blocks, block, span))
