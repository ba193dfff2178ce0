"""The network of ASMMC-MMAC 2018 in its published sizes."""

import keras
import numpy as np

from satn_keras.models import build_deep_spectrum_asmmc2018
from tests.models.small_networks import features, small_network

NAME = "deep_spectrum_asmmc2018"


def test_the_default_network_has_as_many_parameters_as_counted_by_hand():
    parts = (
        2 * 4 * ((40 + 128) * 128 + 128),  # first BLSTM on 40 bands
        2 * 4 * ((256 + 128) * 128 + 128),  # second
        256,  # score of the attention
        8 * 8 * 1 * 64 + 64 + 4 * 64,  # first convolution, batch normalisation
        5 * 5 * 64 * 128 + 128 + 4 * 128,  # second
        3 * 3 * 128 * 256 + 256 + 4 * 256,  # third
        (256 + 256) * 128 + 128,  # dense layer on both branches
        128 * 4 + 4,  # softmax
    )
    model = build_deep_spectrum_asmmc2018(4)
    assert model.count_params() == sum(parts) == 1_139_780


def test_the_maximum_is_taken_over_true_cells():
    model, x = small_network(NAME), features(NAME)
    mask = np.arange(17) < np.array([[17], [11]])
    cells, true = model.get_layer("convolution_2").output
    inner = keras.Model(model.input, [cells, true, model.get_layer("pooling").output])
    maps, true, maxima = (np.array(y) for y in inner({"features": x, "mask": mask}))
    # "valid" kernels 3 and 2, pools of 2: 17 -> 15 -> 7 -> 6 -> 3, 11 -> 9 -> 4 -> 1
    assert true.sum(axis=1).tolist() == [3, 1]
    np.testing.assert_array_equal(maxima[0], maps[0].max(axis=(0, 1)))
    np.testing.assert_array_equal(maxima[1], maps[1, :1].max(axis=(0, 1)))
