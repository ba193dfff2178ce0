"""Attention of each frame to all frames, with the whole map in memory."""

from keras import ops

from satn_keras.layers.masks import masked_softmax


def attend_fully(query, key, value, mask, causal=False, dropout=None):
    """Context and weights of queries that see all frames.

    Args:
        query: (batch, frames, heads, depth), float, scaled.
        key: (batch, frames, heads, depth), float.
        value: (batch, frames, heads, depth), float.
        mask: (batch, frames), bool. True at true frames; None if all are.
        causal: Whether a query sees no frame after its own.
        dropout: Function of the weights before they meet the values, or None.

    Returns:
        Context, (batch, frames, heads, depth), and weights, (batch, heads,
        queries, keys), float32.
    """
    scores = ops.einsum(
        "bqhd,bkhd->bhqk", ops.cast(query, "float32"), ops.cast(key, "float32")
    )
    weights = masked_softmax(scores, _allowed(query, mask, causal))
    shares = ops.cast(weights, value.dtype)
    shares = shares if dropout is None else dropout(shares)
    return ops.einsum("bhqk,bkhd->bqhd", shares, value), weights


def _allowed(query, mask, causal):
    allowed = None
    if mask is not None:
        mask = ops.cast(mask, "bool")
        # LiteRT cannot index a bool with a new axis.
        allowed = ops.logical_and(
            ops.expand_dims(mask, (1, 3)), ops.expand_dims(mask, (1, 2))
        )  # (batch, 1, queries, keys)
    if causal:
        frames = ops.arange(ops.shape(query)[1])
        past = frames[:, None] >= frames[None, :]  # (queries, keys)
        allowed = past if allowed is None else ops.logical_and(allowed, past)
    return allowed
