"""Values pass, and gradients come back turned round."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.layers import GradientReversal


@pytest.mark.parametrize("weight", [0.0, 0.3, 2.0])
def test_values_pass_to_the_bit_and_gradients_turn_round(weight):
    x = tf.constant([[1e30, -3.0, 7e-20, 0.1]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = GradientReversal(weight)(x)
        total = tf.reduce_sum(y * [2.0, 3.0, 5.0, 7.0])
    np.testing.assert_array_equal(y, x)
    slopes = tape.gradient(total, x).numpy()[0]
    np.testing.assert_allclose(slopes, -weight * np.array([2, 3, 5, 7]), rtol=1e-6)


def test_the_layers_weights_before_it_climb_the_loss():
    keras.utils.set_random_seed(1)
    before, after = keras.layers.Dense(3), keras.layers.Dense(1)
    x = np.random.default_rng(2).normal(size=(5, 7)).astype("float32")
    with tf.GradientTape(persistent=True) as tape:
        plain = tf.reduce_mean(after(before(x)) ** 2)
        turned = tf.reduce_mean(after(GradientReversal(0.5)(before(x))) ** 2)
    for layer, factor in ((before, -0.5), (after, 1.0)):
        kernel = layer.kernel.value
        slopes = tape.gradient(turned, kernel), tape.gradient(plain, kernel)
        np.testing.assert_allclose(slopes[0], factor * slopes[1], rtol=1e-5)


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="`weight` must not be negative. Received"):
        GradientReversal(-1.0)
