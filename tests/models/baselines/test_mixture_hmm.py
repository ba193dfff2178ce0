"""A flat start divides sequences equally and clusters what falls to each state."""

import numpy as np
import pytest

from satn_keras.models.baselines.mixture_hmm import (
    equal_division,
    flat_start,
    variance_floor,
)


@pytest.mark.parametrize(
    ("frames", "states", "expected"),
    [
        (6, 3, [0, 0, 1, 1, 2, 2]),
        (5, 2, [0, 0, 0, 1, 1]),
        (2, 5, [0, 2]),
        (1, 5, [0]),
    ],
)
def test_every_state_lasts_as_long_as_the_others(frames, states, expected):
    assert equal_division(frames, states).tolist() == expected


def test_the_floor_is_a_hundredth_of_the_variance_of_all_frames():
    sequences = [np.array([[0.0, 5.0], [2.0, 5.0]]), np.array([[4.0, 5.0]])]
    floor = variance_floor(sequences)
    assert floor[0] == pytest.approx((4 + 0 + 4) / 3 / 100)
    assert floor[1] > 0  # a constant dimension


def test_states_begin_with_the_clusters_of_their_own_frames():
    rng = np.random.default_rng(1)
    # First half around -9 and -5, second half around 5 and 9.
    centres = np.repeat([-9.0, -5.0, 5.0, 9.0], 25)[:, None]
    sequences = [rng.normal(centres, 0.1) for _ in range(3)]
    model = flat_start(sequences, 2, 2, np.array([1e-3]), seed=1)
    means = np.sort(model.means[..., 0], axis=1)
    np.testing.assert_allclose(means, [[-9, -5], [5, 9]], atol=0.1)
    np.testing.assert_allclose(model.weights, 0.5)
    np.testing.assert_allclose(model.variances, 0.01, rtol=0.5)


def test_a_path_starts_on_the_left_and_goes_one_step_at_a_time():
    sequences = [np.random.default_rng(1).normal(size=(20, 2)) for _ in range(3)]
    model = flat_start(sequences, 4, 1, np.full(2, 1e-3), seed=1)
    np.testing.assert_array_equal(model.start, [1, 0, 0, 0])
    # Five frames a state: left with probability 1 / 5.
    expected = np.array(
        [[0.8, 0.2, 0, 0], [0, 0.8, 0.2, 0], [0, 0, 0.8, 0.2], [0, 0, 0, 1]]
    )
    np.testing.assert_allclose(model.transitions, expected)


def test_a_state_of_few_frames_has_fewer_components():
    sequences = [np.random.default_rng(1).normal(size=(50, 2))]
    model = flat_start(sequences, 2, 8, np.full(2, 1e-3), seed=1)
    assert (model.weights > 0).sum(axis=1).tolist() == [2, 2]  # 25 frames each
    np.testing.assert_allclose(model.weights.sum(axis=1), 1)


@pytest.mark.parametrize("frames", [1, 2, 300])
def test_silence_and_sequences_shorter_than_the_model_still_make_one(frames):
    floor = np.full(3, 1e-3)
    model = flat_start([np.zeros((frames, 3))], 5, 8, floor, seed=1)
    assert all(np.isfinite(array).all() for array in model)
    assert (model.variances >= floor).all()
    np.testing.assert_allclose(model.weights.sum(axis=1), 1)
    np.testing.assert_allclose(model.transitions.sum(axis=1), 1)
