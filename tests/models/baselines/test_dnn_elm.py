"""The segment network has the sizes of the paper and keeps a model's promises."""

import keras
import numpy as np
import pytest

from satn_keras.config import systems
from satn_keras.models import build_segment_network
from tests.support.layer_contracts import numbers

SMALL = systems.DnnElm(name="dnn_elm", segment_frames=5, num_layers=2, units=7)


def small_network(seed=1):
    return build_segment_network(3, SMALL, bands=11, channels=2, seed=seed)


def test_a_segment_of_25_frames_of_30_values_makes_750_inputs():
    network = build_segment_network(5)
    assert network.input_shape == (None, 25, 15, 2)
    widths = [layer.kernel.shape for layer in network.layers if "hidden" in layer.name]
    assert widths == [(750, 256), (256, 256), (256, 256)]
    assert network.output_shape == (None, 5)


def test_the_posterior_is_that_of_rectified_layers_by_hand():
    network, segments = small_network(), numbers(3, 5, 11, 2)
    x = segments.reshape(3, -1)
    *hidden, (kernel, bias) = [
        layer.get_weights() for layer in network.layers if layer.weights
    ]
    for weights, offset in hidden:
        x = np.maximum(x @ weights + offset, 0)
    expected = np.exp(x @ kernel + bias)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(network(segments), expected, rtol=1e-5)


def test_the_same_seed_begins_with_the_same_weights():
    segments = numbers(3, 5, 11, 2)
    one, same, other = (small_network(seed)(segments) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)


def test_a_stored_network_gives_the_same_posterior(tmp_path):
    network, segments = small_network(), numbers(3, 5, 11, 2)
    network.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(loaded(segments), network(segments))


def test_fewer_than_two_classes_are_refused():
    with pytest.raises(ValueError, match="`num_classes` must be at least 2"):
        build_segment_network(1)
