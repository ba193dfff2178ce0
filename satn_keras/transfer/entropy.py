"""How sharp a map is: 0 for one frame, 1 for all alike."""

import keras
from keras import ops

from satn_keras.layers import AttentionMapTransfer


def map_entropy(values, mask, layer: AttentionMapTransfer, average_steps=False):
    r"""Entropy of each utterance's map over its true frames, of 0 to 1.

    $$H = -\frac{1}{\log T} \sum_t p_t \log p_t$$

    p is the map as `layer` makes it, brought to the sum 1; of a map of pairs of
    frames that of each true query, and H their mean. T are the true frames; a map of
    one frame counts 1.

    Args:
        values: activations (batch, frames, channels) or softmax maps, as the layer
            takes them.
        mask: (batch, frames), bool; None where every frame is true.
        layer: says what the map of the values is.
        average_steps: as `AttentionMapTransfer.normalized_map` takes it.

    Returns:
        (batch,), float32, without gradient.

    Example:
        >>> even = ops.ones((1, 5, 2))
        >>> float(map_entropy(even, None, AttentionMapTransfer())[0])
        1.0
    """
    m = layer.normalized_map(ops.stop_gradient(values), mask, average_steps)
    total = ops.sum(m, axis=-1, keepdims=True)
    p = m / ops.where(total > 0, total, 1.0)
    surprise = -ops.sum(p * ops.log(ops.where(p > 0, p, 1.0)), axis=-1)
    true = ops.ones_like(m[..., 0], dtype="bool")
    frames = ops.cast(ops.shape(m)[-1], "float32")
    if mask is not None:
        true = ops.cast(mask, "bool")
        frames = ops.sum(ops.cast(mask, "float32"), axis=1)  # (batch,)
    most = ops.log(ops.maximum(frames, 1.0))
    if len(m.shape) == 3:  # (batch, queries), of which the true ones count
        heard = ops.cast(true, "float32")
        count = ops.maximum(ops.sum(heard, axis=1), 1.0)
        surprise = ops.sum(surprise * heard, axis=1) / count
    return ops.where(most > 0, surprise / ops.where(most > 0, most, 1.0), 1.0)


def entropy_metrics() -> list[keras.metrics.Mean]:
    """Metrics of the student's and of the teacher's entropy, in this order."""
    return [keras.metrics.Mean(name=f"{who}_entropy") for who in ("student", "teacher")]
