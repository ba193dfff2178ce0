"""The sequence network has the sizes of the paper and a class Null."""

import keras
import numpy as np
import pytest

from satn_keras.config import systems
from satn_keras.models import NullClassLoss, build_sequence_network
from tests.support.layer_contracts import numbers

SMALL = systems.RnnElm(name="rnn_elm", lstm_units=3)


def small_network(seed=1, **changes):
    config = SMALL.model_copy(update=changes)
    return build_sequence_network(2, config, bands=5, channels=2, seed=seed)


def inputs_of(*lengths):
    mask = np.arange(max(lengths)) < np.array(lengths)[:, None]
    return {"features": numbers(*mask.shape, 5, 2), "mask": mask}


def test_two_layers_have_64_cells_each_way_over_32_values():
    network = build_sequence_network(4)
    assert network.input["features"].shape == (None, None, 16, 2)
    assert [network.get_layer(f"blstm_{n}").output.shape[-1] for n in (1, 2)] == [
        128
    ] * 2
    # Four gates, each of inputs, state and bias.
    first, second = (2 * 4 * 64 * (inputs + 64 + 1) for inputs in (32, 128))
    assert network.count_params() == first + second + (128 + 1) * 5


def test_the_outputs_are_logarithms_of_probabilities_with_null_beside_the_emotions():
    outputs = np.asarray(small_network()(inputs_of(7, 7)))
    assert outputs.shape == (2, 7, 3)
    np.testing.assert_allclose(np.exp(outputs).sum(axis=-1), 1, rtol=1e-5)


def test_the_two_directions_begin_with_different_weights():
    layer = small_network().get_layer("blstm_1")
    one, other = layer.forward_layer.get_weights(), layer.backward_layer.get_weights()
    assert not np.allclose(one[0], other[0])
    assert not np.allclose(one[1], other[1])


def test_the_same_seed_begins_with_the_same_weights():
    one, same, other = (small_network(seed)(inputs_of(7)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)


def test_dropout_acts_in_training_alone():
    network = small_network(dropout=0.5)
    inputs = inputs_of(7)
    np.testing.assert_array_equal(network(inputs), network(inputs, training=False))
    assert not np.allclose(network(inputs), network(inputs, training=True))


def test_it_learns_which_emotion_lies_somewhere_in_a_segment():
    # The first band tells the emotion, in two frames of the segment alone.
    keras.utils.set_random_seed(1)
    features = 0.1 * numbers(8, 12, 5, 2)
    features[:4, 5:7, 0] += 2.0
    features[4:, 5:7, 0] -= 2.0
    y_true = np.repeat([[1], [2]], 4, axis=0) * np.ones((8, 12), int)
    inputs = {"features": features, "mask": np.ones((8, 12), bool)}
    network = small_network(lstm_units=8, num_layers=1)
    network.compile(keras.optimizers.Adam(0.03), NullClassLoss(), jit_compile=False)
    network.fit(inputs, y_true, epochs=30, verbose=0)
    posteriors = np.exp(network.predict(inputs, verbose=0))
    null, one, other = np.moveaxis(posteriors, -1, 0)
    assert (one[:4].max(axis=1) > 5 * other[:4].max(axis=1)).all()
    assert (other[4:].max(axis=1) > 5 * one[4:].max(axis=1)).all()
    assert (null[:, [0, -1]] > 0.5).all()


def test_fewer_than_two_classes_are_refused():
    with pytest.raises(ValueError, match="`num_classes` must be at least 2"):
        build_sequence_network(1)
