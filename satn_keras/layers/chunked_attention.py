"""Attention to all frames, some queries at a time, in memory linear in time."""

import keras
from keras import ops

from satn_keras.layers.masks import masked_softmax


def attend_in_chunks(
    query, key, value, mask, chunk, causal=False, dropout=0.0, seed=None
):
    r"""Context of every query, and how much weight each frame receives.

    A loop over the queries, `chunk` at a time, keeps the scores of one chunk in
    memory, (batch, heads, chunk, frames). So does the gradient, which computes them
    again. The time still grows with the square of the frames.

    Args:
        query: (batch, frames, heads, depth), float, scaled.
        key: (batch, frames, heads, depth), float.
        value: (batch, frames, heads, depth), float.
        mask: (batch, frames), bool. True at true frames; None if all are.
        chunk: Queries at a time, at least 1.
        causal: Whether a query sees no frame after its own.
        dropout: Share of the weights dropped before they meet the values.
        seed: `keras.random.SeedGenerator` of the dropout, or None for no dropout.

    Returns:
        Context, (batch, frames, heads, depth), and the sum of the weights that
        each frame receives from all queries, (batch, heads, frames), float32.

    References:
        Rabe & Staats 2021, Self-attention does not need O(n^2) memory.
        Dao et al. 2022, FlashAttention, appendix B.4: the gradient.
    """
    batch, frames, heads, depth = ops.shape(query)
    query, key, value = (ops.swapaxes(x, 1, 2) for x in (query, key, value))
    chunk = _at_most(chunk, frames)
    query = _chunks(ops.cast(query, "float32"), chunk)
    weigh = _weigher(mask, batch, frames, chunk, causal)
    drop = _dropper(dropout, seed, ops.shape(query)[0])

    def attend(query, key, value):
        def add(i, sums):
            weights = weigh(i, query, key)
            context = ops.matmul(drop(i, weights), ops.cast(value, "float32"))
            return sums[0] + _at(i, context, query), sums[1] + ops.sum(weights, axis=2)

        zeros = ops.zeros_like(query), ops.zeros_like(key[..., 0])
        return ops.fori_loop(0, ops.shape(query)[0], add, zeros)

    def gradients(query, key, value, of_context, of_received):
        def add(i, sums):
            part, upstream = ops.take(query, i, axis=0), ops.take(of_context, i, axis=0)
            weights = weigh(i, query, key)  # (batch, heads, chunk, frames)
            # Dropping is linear, so it serves the gradient as it served the weights.
            slope = drop(i, ops.matmul(upstream, _turned(value)))
            slope = slope + of_received[:, :, None]
            slope = weights * (slope - ops.sum(slope * weights, -1, keepdims=True))
            return (
                sums[0] + _at(i, ops.matmul(slope, key), query),
                sums[1] + ops.matmul(_turned(slope), part),
                sums[2] + ops.matmul(_turned(drop(i, weights)), upstream),
            )

        zeros = ops.zeros_like(query), ops.zeros_like(key), ops.zeros_like(value)
        return ops.fori_loop(0, ops.shape(query)[0], add, zeros)

    arguments = query, ops.cast(key, "float32"), ops.cast(value, "float32")
    context, received = _with_gradient(attend, gradients)(*arguments)
    context = ops.moveaxis(context, 0, 2)  # (batch, heads, chunks, chunk, depth)
    context = ops.reshape(context, (batch, heads, -1, depth))[:, :, :frames]
    context = ops.cast(ops.swapaxes(context, 1, 2), value.dtype)
    # The last reshape keeps a number of frames that is known.
    return ops.reshape(context, (-1, frames, heads, depth)), received


def _at_most(chunk, frames):
    if isinstance(frames, int):
        return min(chunk, max(frames, 1))
    return ops.minimum(chunk, ops.maximum(frames, 1))


def _chunks(x, chunk):
    """(batch, heads, frames, n) to (chunks, batch, heads, chunk, n)."""
    batch, heads, frames, width = ops.shape(x)
    # Of no negative number, whose remainder ONNX takes otherwise.
    missing = (chunk - frames % chunk) % chunk
    x = ops.pad(x, [[0, 0], [0, 0], [0, missing], [0, 0]])
    x = ops.reshape(x, (batch, heads, -1, chunk, width))
    return ops.moveaxis(x, 2, 0)


def _weigher(mask, batch, frames, chunk, causal):
    """Function from chunk i to its weights, (batch, heads, chunk, frames)."""
    mask = ops.ones((batch, frames), "bool") if mask is None else mask
    mask = ops.cast(mask, "bool")
    # LiteRT cannot index a bool with a new axis.
    true = _chunks(ops.expand_dims(mask, (1, 3)), chunk)
    mask = ops.expand_dims(mask, (1, 2))
    frame = ops.arange(frames, dtype="int32")

    def weigh(i, query, key):
        allowed = ops.logical_and(ops.take(true, i, axis=0), mask)
        if causal:
            own = i * chunk + ops.arange(chunk, dtype="int32")
            allowed = ops.logical_and(allowed, own[:, None] >= frame)
        scores = ops.matmul(ops.take(query, i, axis=0), _turned(key))
        return masked_softmax(scores, allowed)

    return weigh


def _dropper(rate, seed, num_chunks):
    """Function that drops the same entries of a chunk whenever it is called."""
    if seed is None:
        return lambda i, weights: weights
    draws = keras.random.randint((num_chunks, 2), 0, 2**31 - 1, seed=seed)
    draws = ops.cast(draws, seed.state.dtype)

    def drop(i, weights):
        draw = _Drawn(ops.take(draws, i, axis=0))
        return keras.random.dropout(weights, rate, seed=draw)

    return drop


class _Drawn(keras.random.SeedGenerator):
    """Source of one seed that was drawn before."""

    def __init__(self, seed):  # no state of its own to keep
        self.seed = seed

    def next(self, ordered=True):
        return self.seed


def _with_gradient(function, gradients):
    """The function, whose gradient keeps nothing but its arguments."""
    if keras.config.backend() not in ("tensorflow", "jax"):
        return function  # NumPy knows no gradient, Torch's takes one output only

    @ops.custom_gradient
    def differentiable(*arguments):
        def gradient(*upstream):  # two tensors, or a pair of them, by backend
            return gradients(*arguments, *keras.tree.flatten(upstream))

        return function(*arguments), gradient

    return differentiable


def _at(i, part, whole):
    """`whole` with `part` at chunk i and zeros elsewhere."""
    here = ops.equal(ops.arange(ops.shape(whole)[0]), i)
    here = ops.reshape(here, (-1, 1, 1, 1, 1))
    return ops.where(here, part[None], 0.0)


def _turned(x):
    return ops.swapaxes(x, -1, -2)
