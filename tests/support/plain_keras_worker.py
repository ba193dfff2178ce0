"""Worker that trains a plain Keras model, without what `ReplicaTraining` mends.

Run as one of two workers; prints what Keras makes of it without any of the two
overrides, and with the first alone.
"""

import keras
import numpy as np
import tensorflow as tf

from satn_keras.distribution import distribute, make_strategy, use_strategy


class Built(keras.Model):
    """Model that needs no batch to be built from."""

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        pass


def outcome(strategy, kind):
    """The word "trained", or the error's type."""
    with strategy.scope():
        inputs = keras.Input((3,))
        model = kind(inputs, keras.layers.Dense(1)(inputs))
        model.compile("sgd", keras.losses.MeanSquaredError(), jit_compile=False)
        model.optimizer.build(model.trainable_variables)
    rows = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")
    batches = tf.data.Dataset.from_tensor_slices(rows).batch(2)
    with use_strategy(strategy):
        try:
            model.fit(distribute(batches), verbose=0)
        except (ValueError, TypeError) as error:
            return type(error).__name__
    return "trained"


if __name__ == "__main__":
    strategy = make_strategy("multiworker")
    print("plain:", outcome(strategy, keras.Model))
    print("built:", outcome(strategy, Built))
