"""A row for a replica of which a batch has none."""

from __future__ import annotations

import keras
import tensorflow as tf


def rows_of(batch) -> tf.Tensor:
    """Rows in a batch of nested tensors, scalar int."""
    return tf.shape(keras.tree.flatten(batch)[0])[0]


def filled(batch):
    """The batch, with a row of noise where it is empty; itself on one device.

    Convolutions and recurrent layers of some devices fail on an empty batch. Noise,
    since a row of zeros has no gradient where its deviation is taken.

    Args:
        batch: nested tensors (rows, ...).

    Example:
        >>> batch = {"features": tf.zeros((0, 2)), "mask": tf.zeros((0, 2), tf.bool)}
        >>> _with_stand_in(batch)["mask"].numpy().tolist()
        [[True, True]]
    """
    if tf.distribute.get_strategy().num_replicas_in_sync == 1:
        return batch
    return _with_stand_in(batch)


def own_rows(outputs, batch):
    """What a model makes of `filled(batch)`, without the row that stands in.

    Args:
        outputs: nested tensors (rows, ...).
        batch: before it was filled.
    """
    if tf.distribute.get_strategy().num_replicas_in_sync == 1:
        return outputs
    rows = rows_of(batch)

    def cut(output):
        if output is None:
            return None
        own = output[:rows]
        mask = getattr(output, "_keras_mask", None)
        if mask is not None:
            own._keras_mask = mask[:rows]
        return own

    return keras.tree.map_structure(cut, outputs)


def _with_stand_in(batch):
    missing = tf.maximum(1 - rows_of(batch), 0)

    def fill(part):
        shape = tf.concat([[missing], tf.shape(part)[1:]], axis=0)
        return tf.concat([part, _noise(shape, part.dtype)], axis=0)

    return keras.tree.map_structure(fill, batch)


def _noise(shape, dtype):
    if not dtype.is_floating:  # every frame counts, every token is padding
        return tf.fill(shape, tf.cast(dtype.is_bool, dtype))
    return tf.random.stateless_normal(shape, seed=(1, 2), dtype=dtype)
