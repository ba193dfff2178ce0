"""Copy of a model that hears long recordings with the attention it has."""

import keras

from satn_keras.layers.self_attention import SelfAttention


def chunked_copy(model: keras.Model, chunk: int = 256) -> keras.Model:
    """Copy whose `SelfAttention` layers compute `chunk` queries at a time.

    It gives the numbers of `model` in memory linear in the frames. A layer that has a
    `reach` or a `chunk` already keeps it. The second output of the others is
    what each frame received, no longer the map of each pair of frames.

    Args:
        model: functional or sequential model; it stays as it is.
        chunk: queries at a time, at least 1.

    Returns:
        Model with weights of its own, equal to those of `model`; `model` itself
        where every such layer's memory is linear already.

    Raises:
        ValueError: if `model` cannot be cloned, or `chunk` is below 1.

    Example:
        >>> frames = keras.Input((None, 3))
        >>> context, _ = SelfAttention(6)(frames)
        >>> copy = chunked_copy(keras.Model(frames, context), chunk=2)
        >>> copy(keras.ops.ones((1, 5, 3))).shape
        TensorShape([1, 5, 6])
    """
    if chunk < 1:
        raise ValueError(f"`chunk` must be at least 1. Received: chunk={chunk}.")
    if not any(map(_has_full_map, model.layers)):
        return model

    def clone(layer):
        config = layer.get_config()
        if _has_full_map(layer):
            config["chunk"] = chunk
        return type(layer).from_config(config)

    copy = keras.models.clone_model(model, clone_function=clone)
    copy.set_weights(model.get_weights())
    return copy


def _has_full_map(layer):
    return isinstance(layer, SelfAttention) and layer.gives_full_map
