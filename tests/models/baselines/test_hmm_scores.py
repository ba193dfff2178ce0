"""Forward and Viterbi scores are those of all paths taken one by one."""

import numpy as np
import pytest

from satn_keras.models.baselines.hmm_scores import (
    best_paths,
    forward_scores,
    score_sequences,
    viterbi_scores,
)
from tests.models.baselines import small_hmms

FRAMES = 5


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_the_forward_score_is_the_sum_over_every_path(rng):
    emissions = small_hmms.random_emissions(rng, 2, FRAMES, 3)
    chain = small_hmms.random_chain(rng)
    expected = [
        np.log(sum(np.exp(list(small_hmms.every_path(each, *chain).values()))))
        for each in emissions
    ]
    np.testing.assert_allclose(forward_scores(emissions, *chain), expected)


def test_the_viterbi_path_is_the_best_of_every_path(rng):
    emissions = small_hmms.random_emissions(rng, 3, FRAMES, 3)
    chain = small_hmms.random_chain(rng)
    scores, paths = viterbi_scores(emissions, *chain)
    for each, score, path in zip(emissions, scores, paths, strict=True):
        by_path = small_hmms.every_path(each, *chain)
        best = max(by_path, key=by_path.get)
        assert tuple(path) == best
        assert score == pytest.approx(by_path[best])


def test_models_side_by_side_have_the_scores_they_have_alone(rng):
    emissions = small_hmms.random_emissions(rng, 2, FRAMES, 7, 3)
    start, transitions = small_hmms.random_chain(rng, 7)
    together = forward_scores(emissions, start, transitions)
    scores, paths = viterbi_scores(emissions, start, transitions)
    assert together.shape == scores.shape == (2, 7)
    assert paths.shape == (2, FRAMES, 7)
    for model in range(7):
        alone = emissions[:, :, model], start[model], transitions[model]
        np.testing.assert_allclose(together[:, model], forward_scores(*alone))
        np.testing.assert_allclose(scores[:, model], viterbi_scores(*alone)[0])
        np.testing.assert_array_equal(paths[:, :, model], viterbi_scores(*alone)[1])


@pytest.mark.parametrize("length", [1, 3])
def test_frames_past_the_length_count_for_nothing(rng, length):
    emissions = small_hmms.random_emissions(rng, 1, FRAMES, 3)
    chain = small_hmms.random_chain(rng)
    lengths = np.array([length])
    alone = emissions[:, :length]
    np.testing.assert_allclose(
        forward_scores(emissions, *chain, lengths), forward_scores(alone, *chain)
    )
    score, path = viterbi_scores(emissions, *chain, lengths)
    expected_score, expected_path = viterbi_scores(alone, *chain)
    np.testing.assert_allclose(score, expected_score)
    np.testing.assert_array_equal(path[:, :length], expected_path)
    assert (path[:, length:] == -1).all()


def test_a_model_from_left_to_right_never_goes_back_or_skips(rng):
    emissions = small_hmms.random_emissions(rng, 11, 13, 5)
    with np.errstate(divide="ignore"):
        start = np.log(np.eye(5)[0])
        transitions = np.log((np.eye(5) + np.eye(5, k=1)) / 2)
    _, paths = viterbi_scores(emissions, start, transitions)
    assert (paths[:, 0] == 0).all()
    assert set(np.unique(np.diff(paths, axis=1))) == {0, 1}


def test_a_sequence_without_a_possible_path_has_no_probability():
    with np.errstate(divide="ignore"):
        start, transitions = np.log([1.0, 0.0]), np.log(np.eye(2))
        emissions = np.log([[[0.5, 0.5], [0.0, 0.5]]])  # state 0 cannot be left
    assert forward_scores(emissions, start, transitions) == [-np.inf]


def test_long_sequences_do_not_underflow(rng):
    emissions = np.full((1, 3001, 3), -50.0)
    score = forward_scores(emissions, *small_hmms.random_chain(rng))
    np.testing.assert_allclose(score, [-50.0 * 3001])


def test_sequences_of_any_length_are_scored_in_their_order(rng):
    chain = small_hmms.random_chain(rng, 2)
    lengths = [5, 1, 7, 3, 2]
    sequences = [small_hmms.random_emissions(rng, size, 2, 3) for size in lengths]
    alone = [forward_scores(each[None], *chain) for each in sequences]
    scores = score_sequences(sequences, *chain, batch_size=2)
    np.testing.assert_allclose(scores, np.concatenate(alone))
    paths = best_paths(sequences, *chain, batch_size=2)
    for sequence, path in zip(sequences, paths, strict=True):
        expected = viterbi_scores(sequence[None], *chain)[1][0]
        np.testing.assert_array_equal(path, expected)


def test_scores_are_those_of_hmmlearn(rng):
    hmm = pytest.importorskip("hmmlearn.hmm")
    model = hmm.GaussianHMM(3, "diag")
    start, transitions = small_hmms.random_chain(rng)
    model.startprob_, model.transmat_ = np.exp(start), np.exp(transitions)
    model.means_ = rng.normal(size=(3, 2))
    model.covars_ = rng.uniform(0.5, 2.0, size=(3, 2))
    frames, _ = model.sample(23, random_state=5)
    squares = (frames[:, None] - model.means_) ** 2
    variances = np.stack([np.diag(each) for each in model.covars_])
    emissions = -0.5 * (np.log(2 * np.pi * variances) + squares / variances).sum(-1)
    forward = forward_scores(emissions[None], start, transitions)
    np.testing.assert_allclose(forward, [model.score(frames)])
    score, path = viterbi_scores(emissions[None], start, transitions)
    expected_score, expected_path = model.decode(frames)
    np.testing.assert_allclose(score, [expected_score])
    np.testing.assert_array_equal(path[0], expected_path)


@pytest.mark.parametrize("score", [forward_scores, viterbi_scores])
@pytest.mark.parametrize("lengths", [[0, 5], [5, 6], [5]])
def test_lengths_that_do_not_fit_are_refused(rng, score, lengths):
    emissions = small_hmms.random_emissions(rng, 2, FRAMES, 3)
    with pytest.raises(ValueError, match="`lengths` must be one number from 1 to 5"):
        score(emissions, *small_hmms.random_chain(rng), lengths)


def test_a_chain_of_other_states_is_refused(rng):
    emissions = small_hmms.random_emissions(rng, 2, FRAMES, 3)
    with pytest.raises(ValueError, match=r"Received: \(4,\), \(4, 4\) and"):
        forward_scores(emissions, *small_hmms.random_chain(rng, states=4))
