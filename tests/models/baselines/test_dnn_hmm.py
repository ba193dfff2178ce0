"""The state network and the likelihoods that its posteriors stand in for."""

import numpy as np
import pytest

from satn_keras.config import systems
from satn_keras.models import ContextFrames, build_state_network
from satn_keras.models.baselines.dnn_hmm import log_emissions, state_priors
from tests.support.layer_contracts import numbers

SMALL = systems.DnnHmm(name="dnn_hmm", context_frames=3, num_layers=2, units=7)


def small_network(seed=1):
    return build_state_network(10, SMALL, bands=5, channels=2, seed=seed)


def inputs(frames=11):
    return {"features": numbers(2, frames, 5, 2), "mask": np.ones((2, frames), bool)}


def test_the_default_has_three_layers_of_256_units_over_11_frames_of_39_values():
    layers = build_state_network(30).layers
    widths = [layer.kernel.shape for layer in layers if layer.weights]
    assert widths == [(11 * 39, 256), (256, 256), (256, 256), (256, 30)]


def test_a_frame_s_posterior_is_that_of_rectified_layers_by_hand():
    network, given = small_network(), inputs()
    frames = given["features"].reshape(2, 11, 10)
    x = np.concatenate([frames[:, 3], frames[:, 4], frames[:, 5]], axis=1)
    *hidden, (kernel, bias) = [
        layer.get_weights() for layer in network.layers if layer.weights
    ]
    for weights, offset in hidden:
        x = np.maximum(x @ weights + offset, 0)
    expected = np.exp(x @ kernel + bias)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(network(given)[:, 4], expected, rtol=1e-5)


def test_the_same_seed_begins_with_the_same_weights():
    one, same, other = (np.asarray(small_network(seed)(inputs())) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)


def test_fewer_than_two_states_are_refused():
    with pytest.raises(ValueError, match="`num_states_total` must be at least 2"):
        build_state_network(1)


def test_the_edge_frames_stand_in_for_those_beyond():
    frames = np.arange(4, dtype="float32").reshape(1, 4, 1)
    mask = [[True, True, True, False]]
    stacked = np.asarray(ContextFrames(4)(frames, mask=np.array(mask)))
    np.testing.assert_array_equal(
        stacked[0, :3], [[0, 0, 1, 2], [0, 1, 2, 2], [1, 2, 2, 2]]
    )


def test_fewer_than_one_frame_is_refused():
    with pytest.raises(ValueError, match="`num_frames` must be at least 1"):
        ContextFrames(0)


def test_a_likelihood_is_the_posterior_over_the_prior():
    posteriors = np.array([[0.5, 0.1, 0.1, 0.3]])
    priors = np.array([0.25, 0.05, 0.5, 0.2])
    np.testing.assert_allclose(
        np.exp(log_emissions(posteriors, priors, 2)), [[[2.0, 2.0], [0.2, 1.5]]]
    )


def test_a_posterior_of_zero_has_a_finite_logarithm():
    emissions = log_emissions(np.array([[1.0, 0.0]]), np.array([0.5, 0.5]), 1)
    assert np.isfinite(emissions).all()


def test_a_state_that_was_never_seen_keeps_a_small_prior():
    priors = state_priors(np.array([96, 0]))
    np.testing.assert_allclose(priors, [97 / 98, 1 / 98])
