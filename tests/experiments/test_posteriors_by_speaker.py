"""Posteriors with one mean logarithm for every speaker."""

import numpy as np
import pytest

from satn_keras.experiments.posteriors_by_speaker import (
    centred_by_speaker,
    mean_log_posterior,
)


def softmax(logits):
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def test_an_offset_of_a_speaker_s_logits_is_taken_away():
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(40, 3))
    speakers = np.array(["a", "b"])[rng.integers(2, size=40)]
    offsets = {"a": [3.0, 0.0, -2.0], "b": [0.0, 5.0, 1.0]}
    moved = logits + np.array([offsets[one] for one in speakers])
    center = mean_log_posterior(softmax(logits))
    plain = centred_by_speaker(softmax(logits), speakers, center)
    np.testing.assert_allclose(
        centred_by_speaker(softmax(moved), speakers, center), plain, atol=1e-6
    )
    np.testing.assert_allclose(plain.sum(axis=1), 1, atol=1e-6)
    assert plain.dtype == np.float32


def test_a_speaker_at_the_center_keeps_all_posteriors():
    posteriors = softmax(np.random.default_rng(2).normal(size=(9, 4)))
    center = mean_log_posterior(posteriors)
    same = centred_by_speaker(posteriors, ["a"] * 9, center)
    np.testing.assert_allclose(same, posteriors, rtol=1e-6)


def test_a_mixture_that_is_not_even_stays_so():
    posteriors = np.array([[0.8, 0.2]] * 3)
    center = np.log([0.8, 0.2])
    same = centred_by_speaker(posteriors, ["a"] * 3, center)
    np.testing.assert_allclose(same, posteriors, rtol=1e-6)


@pytest.mark.parametrize("rows", [0, 1])
def test_few_utterances_are_no_mistake_and_a_certain_one_stays_finite(rows):
    posteriors = np.array([[1.0, 0.0]])[:rows]
    found = centred_by_speaker(posteriors, ["a"] * rows, np.zeros(2))
    np.testing.assert_allclose(found, np.full((rows, 2), 0.5))


def test_the_mean_is_that_of_other_utterances_where_a_speaker_is_enrolled():
    # Anna's enrolled odds are 4 : 1 and 1 : 1, 2 : 1 by their geometric mean; Bert's
    # 1 : 3. Taken from odds of 6 : 1 and of 1 : 1 they leave 3 : 1 and 3 : 1.
    posteriors = np.array([[6 / 7, 1 / 7], [0.5, 0.5]])
    enrolled = np.array([[0.8, 0.2], [0.25, 0.75], [0.5, 0.5]])
    found = centred_by_speaker(
        posteriors, ["anna", "bert"], np.zeros(2), (enrolled, ["anna", "bert", "anna"])
    )
    np.testing.assert_allclose(found, [[0.75, 0.25], [0.75, 0.25]], rtol=1e-6)


@pytest.mark.parametrize("relevance", [0.0, 10.0])
def test_who_was_never_enrolled_is_named(relevance):
    posteriors = np.array([[0.9, 0.1]] * 2)
    known = posteriors, ["anna", "anna"]
    with pytest.raises(ValueError, match="bert has no utterance among those enrolled"):
        centred_by_speaker(posteriors, ["anna", "bert"], np.zeros(2), known, relevance)


def test_a_speaker_s_own_mean_counts_by_half_at_the_relevance():
    # Two utterances of odds 16 : 1 in the mean and a relevance of two take the root of
    # them away, 4 : 1; a center of odds 9 : 1 gives its root, 3 : 1.
    posteriors = np.array([[64 / 65, 1 / 65], [0.8, 0.2]])
    center = np.log([0.9, 0.1])
    found = centred_by_speaker(posteriors, ["a", "a"], center, relevance=2.0)
    expected = [[64 * 3 / 4, 1], [4 * 3 / 4, 1]]
    expected = np.array(expected) / np.sum(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_one_utterance_of_a_stranger_is_not_turned_into_the_center():
    posteriors = np.array([[0.9, 0.1]])
    plain = centred_by_speaker(posteriors, ["a"], np.zeros(2))
    np.testing.assert_allclose(plain, [[0.5, 0.5]], rtol=1e-6)
    kept = centred_by_speaker(posteriors, ["a"], np.zeros(2), relevance=1e6)
    np.testing.assert_allclose(kept, posteriors, rtol=1e-5)
