"""Posteriors keep the order of the likelihoods and the length out of their size."""

import numpy as np
import pytest

from satn_keras.experiments.systems.likelihood_posteriors import (
    choose_sharpness,
    posteriors_of,
)


def test_equal_evidence_a_frame_gives_equal_posteriors_at_any_length():
    likelihoods = np.log([[0.6, 0.4]]) * np.array([[7], [700]])
    posteriors = posteriors_of(likelihoods, [7, 700], sharpness=1.0)
    np.testing.assert_allclose(posteriors, [[0.6, 0.4]] * 2, rtol=1e-6)


def test_a_thousand_nats_do_not_overflow():
    posteriors = posteriors_of(np.array([[-1e6, -2e6, -3e6]]), [10], sharpness=100.0)
    np.testing.assert_array_equal(posteriors, [[1, 0, 0]])


@pytest.mark.parametrize("sharpness", [0.1, 1.0, 100.0])
def test_no_sharpness_changes_the_decision(sharpness):
    rng = np.random.default_rng(1)
    likelihoods = rng.normal(-9000, 50, size=(31, 5))
    lengths = rng.integers(50, 300, size=31)
    posteriors = posteriors_of(likelihoods, lengths, sharpness)
    np.testing.assert_array_equal(posteriors.argmax(1), likelihoods.argmax(1))


def test_the_chosen_sharpness_makes_the_posterior_the_share_that_is_right():
    # Right in 3 of 4, each with the same evidence of 0.5 a frame.
    likelihoods = np.tile([[10.0, 0.0]], (4000, 1))
    labels = np.tile([0, 0, 0, 1], 1000)
    sharpness = choose_sharpness(likelihoods, [20] * 4000, labels)
    posteriors = posteriors_of(likelihoods, [20] * 4000, sharpness)
    np.testing.assert_allclose(posteriors[0], [0.75, 0.25], atol=1e-3)
