"""The network of Interspeech 2018 in its published sizes."""

import keras
import numpy as np

from satn_keras.models import build_deep_spectrum_interspeech2018
from tests.models.small_networks import features, small_network

NAME = "deep_spectrum_interspeech2018"


def test_the_default_network_has_as_many_parameters_as_counted_by_hand():
    parts = (
        2 * 4 * ((130 + 64) * 64 + 64),  # BLSTM on 65 descriptors and derivatives
        128,  # score of the attention
        8 * 130 * 128 + 128 + 4 * 128,  # first convolution, batch normalisation
        5 * 128 * 64 + 64 + 4 * 64,  # second
        (128 + 64) * 4 + 4,  # softmax on both branches
    )
    model = build_deep_spectrum_interspeech2018(4)
    assert model.count_params() == sum(parts) == 275_780


def test_the_convolutions_are_averaged_over_true_frames():
    model, x = small_network(NAME), features(NAME)
    mask = np.arange(17) < np.array([[17], [11]])
    last = model.get_layer("convolution_2").output[0]
    pooled = model.get_layer("pooling").output
    inner = keras.Model(model.input, [last, pooled])
    maps, means = inner({"features": x, "mask": mask})
    np.testing.assert_allclose(means[0], np.mean(maps[0], axis=0), rtol=1e-4)
    np.testing.assert_allclose(means[1], np.mean(maps[1][:11], axis=0), rtol=1e-4)
