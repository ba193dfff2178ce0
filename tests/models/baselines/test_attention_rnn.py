"""The attention RNN in its published sizes."""

import keras
import numpy as np

from satn_keras.models import build_attention_rnn
from tests.models.small_networks import features, small_network


def test_the_default_network_has_as_many_parameters_as_counted_by_hand():
    parts = (
        32 * 512 + 512,  # first dense layer on 16 bands x 2 channels
        512 * 512 + 512,  # second
        2 * 4 * ((512 + 128) * 128 + 128),  # four gates in each direction
        256,  # score of the attention
        256 * 4 + 4,  # softmax
    )
    assert build_attention_rnn(4).count_params() == sum(parts) == 937_220


def test_the_default_network_drops_half_of_both_dense_layers():
    model = build_attention_rnn(4)
    rates = [model.get_layer(f"dropout_{number}").rate for number in (1, 2)]
    assert rates == [0.5, 0.5]


def test_the_answer_is_the_softmax_of_the_weighted_mean_of_the_states():
    model, x = small_network("attention_rnn"), features("attention_rnn")
    inputs = {"features": x, "mask": np.ones(x.shape[:2], bool)}
    states = keras.Model(model.input, model.get_layer("blstm_1").output)(inputs)
    score = model.get_layer("attention_pooling").get_weights()[0]
    kernel, bias = model.get_layer("posterior").get_weights()
    for utterance, posterior in zip(np.array(states), model(inputs), strict=True):
        weights = np.exp(utterance @ score)
        logits = (weights / weights.sum()) @ utterance @ kernel + bias
        expected = np.exp(logits) / np.exp(logits).sum()
        np.testing.assert_allclose(posterior, expected, rtol=1e-4)
