"""The network of IEEE Access 2019 in its published sizes."""

import numpy as np

from satn_keras.config.systems import DeepSpectrum2019Access
from satn_keras.models import build_deep_spectrum_access2019

NAME = "deep_spectrum_access2019"


def test_the_default_network_has_as_many_parameters_as_counted_by_hand():
    parts = (
        2 * 4 * ((40 + 128) * 128 + 128),  # first BLSTM on 40 bands
        2 * 4 * ((256 + 128) * 128 + 128),  # second
        256,  # score of the attention
        8 * 8 * 1 * 64 + 64 + 4 * 64,  # first convolution, batch normalisation
        5 * 5 * 64 * 128 + 128 + 4 * 128,  # second
        3 * 3 * 128 * 128 + 128 + 4 * 128,  # third
        128 * 128 + 128 + 128,  # attention over cells: W, b, u
        (256 + 128) * 128 + 128,  # dense layer on both branches
        128 * 4 + 4,  # softmax
    )
    model = build_deep_spectrum_access2019(4)
    assert model.count_params() == sum(parts) == 991_940


def test_five_seconds_are_pooled_over_118_cells():
    sizes = {"lstm_units": 3, "filters": (2, 2, 2)}
    config = DeepSpectrum2019Access(name=NAME, **sizes)
    model = build_deep_spectrum_access2019(4, config)
    x = np.zeros((1, 500, 40, 1), "float32")
    mask = None
    for number in (1, 2, 3):
        x, mask = model.get_layer(f"convolution_{number}")(x, mask=mask)
    _, weights = model.get_layer("cell_attention")(x, mask=mask)
    assert np.size(weights) == 118  # 59 frames x 2 bands
    assert model.get_layer("cell_attention").scale == 0.3
