"""The gate begins shut, and opens as far as its weight says."""

import keras
import numpy as np

from satn_keras.models import GatedSum


def test_the_second_sequence_enters_by_the_gate_which_begins_shut():
    layer = GatedSum()
    x, z = np.full((2, 3), 5.0, "float32"), np.full((2, 3), 4.0, "float32")
    np.testing.assert_array_equal(layer([x, z]), x)
    layer.gate.assign(0.25)
    np.testing.assert_array_equal(layer([x, z]), np.full((2, 3), 6.0))


def test_a_shut_gate_learns_to_open():
    layer = GatedSum()
    x, z = np.zeros((1, 1, 1), "float32"), np.ones((1, 1, 1), "float32")
    inputs = [keras.Input((1, 1)), keras.Input((1, 1))]
    model = keras.Model(inputs, layer(inputs))
    model.compile(keras.optimizers.SGD(0.5), loss="mse")
    model.fit([x, z], np.full((1, 1, 1), 3.0), verbose=0)
    # The gradient of (g - 3)^2 at 0 is -6; half of it is taken off.
    np.testing.assert_allclose(layer.gate, 3.0)
