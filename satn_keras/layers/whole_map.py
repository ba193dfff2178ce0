"""Map of self-attention between each two frames, however the layer computes it."""

import math

from keras import ops

from satn_keras.layers.banded_attention import full_map
from satn_keras.layers.full_attention import attend_fully
from satn_keras.layers.self_attention import SelfAttention


def whole_map(layer: SelfAttention, inputs, mask):
    """Weight of each key for each query.

    A layer with a `chunk` gives what each frame received, one with a `reach` a band;
    this is the T x T map of both. Its memory grows with the square of the frames.

    Args:
        layer: built.
        inputs: (batch, frames, channels), what the layer hears.
        mask: (batch, frames), bool, true frames.

    Returns:
        (batch, heads, queries, keys), float32.

    Example:
        >>> layer = SelfAttention(6, chunk=2)
        >>> frames = ops.ones((1, 5, 3))
        >>> _ = layer(frames)
        >>> whole_map(layer, frames, ops.ones((1, 5), "bool")).shape
        TensorShape([1, 1, 5, 5])
    """
    if layer.chunk is None:
        _, weights = layer(inputs, mask=mask)
        return weights if layer.reach is None else full_map(weights, layer.reach)
    projections = (layer.query, layer.key, layer.value)
    query, key, value = (layer.split_heads(one(inputs)) for one in projections)
    query = ops.cast(query, "float32") / math.sqrt(layer.units / layer.num_heads)
    return attend_fully(query, key, value, mask, layer.causal)[1]
