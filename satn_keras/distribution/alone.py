"""Outputs of a network that is in training, by this process alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf


def outputs_alone(network: keras.Model) -> Callable[[Any], Any]:
    """Function from a batch to the network's outputs, as NumPy arrays.

    Under a strategy `predict_on_batch` gives every replica the whole batch, and asks
    all workers for their part. What is computed between two epochs, on one worker
    perhaps, needs neither.

    Args:
        network: its present weights are used at each call.

    Example:
        >>> network = keras.Sequential([keras.Input((2,)), keras.layers.Softmax()])
        >>> outputs_alone(network)(keras.ops.zeros((1, 2)))
        array([[0.5, 0.5]], dtype=float32)
    """
    if network.distribute_strategy.num_replicas_in_sync == 1:
        return network.predict_on_batch
    listen = tf.function(
        lambda inputs: network(inputs, training=False), reduce_retracing=True
    )

    def outputs(inputs):
        return keras.tree.map_structure(keras.ops.convert_to_numpy, listen(inputs))

    return outputs
