"""One value a frame of many channels, by paper and pencil."""

import keras
import numpy as np
import pytest

from satn_keras.layers.activation_map import activation_map, safe_sqrt


@pytest.mark.parametrize(("power", "wanted"), [(1.0, [1.75, 0]), (2.0, [1.5625, 0])])
def test_a_masked_frame_is_zero_and_decides_no_scale(power, wanted):
    inputs = np.array([[[-3.0, 4.0], [100.0, 100.0]]], "float32")  # over 4: 3/4 and 1
    mask = np.array([[True, False]])
    found = activation_map(keras.ops.convert_to_tensor(inputs), mask, power)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found), [wanted], rtol=1e-6)


@pytest.mark.parametrize("size", [1e-36, 1e30])
def test_no_size_is_too_small_or_too_large(size):
    inputs = np.array([[[size, size], [0.0, size / 2]]], "float32")
    found = activation_map(keras.ops.convert_to_tensor(inputs), None, 2.0)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(found), [[2, 0.25]], rtol=1e-5
    )


def test_nothing_active_is_nothing():
    found = activation_map(keras.ops.zeros((1, 3, 2)), None, 2.0)
    assert not keras.ops.convert_to_numpy(found).any()
    assert float(safe_sqrt(keras.ops.convert_to_tensor(np.float32(0)))) == 0
