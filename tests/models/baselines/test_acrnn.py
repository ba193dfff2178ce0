"""The 3-D ACRNN in its published sizes."""

import numpy as np
import pytest

from satn_keras.config.systems import Acrnn
from satn_keras.models import build_acrnn


def test_the_default_network_has_as_many_parameters_as_counted_by_hand():
    parts = (
        5 * 3 * 3 * 128 + 128,  # first convolution
        5 * 3 * 128 * 256 + 256,  # second
        4 * (5 * 3 * 256 * 256 + 256),  # third to sixth
        40 // 4 * 256 * 768 + 768,  # linear layer on 10 bands x 256 maps
        4 * 768,  # its batch normalisation
        2 * 4 * ((768 + 128) * 128 + 128),  # four gates in each direction
        256,  # score of the attention
        256 * 64 + 64,  # fully connected
        4 * 64,  # its batch normalisation
        64 * 4 + 4,  # softmax
    )
    assert build_acrnn(4).count_params() == sum(parts) == 7_336_516


@pytest.mark.parametrize(
    ("pool", "bands", "frames"), [((2, 4), 10, 150), ((2, 2), 20, 150)]
)
def test_three_seconds_become_150_frames_of_every_fourth_band(pool, bands, frames):
    # 300 x 40 -> 150 x 10 in the code, 150 x 20 by the paper's pool
    config = Acrnn(name="acrnn", pool=pool, first_filters=2, filters=3)
    layer = build_acrnn(4, config).get_layer("convolution_1")
    x, mask = layer(np.zeros((1, 300, 40, 3), "float32"))
    assert tuple(x.shape) == (1, frames, bands, 2)
    assert np.sum(mask) == frames


def test_the_first_biases_are_a_tenth_and_the_slope_a_hundredth():
    config = Acrnn(name="acrnn", first_filters=2, filters=3, num_convolutions=2)
    block = build_acrnn(4, config).get_layer("convolution_2")
    np.testing.assert_allclose(block.convolution.get_weights()[1], [0.1] * 3)
    assert block.negative_slope == 0.01
    assert (block.kernel_size, block.pool_size) == ((5, 3), None)
