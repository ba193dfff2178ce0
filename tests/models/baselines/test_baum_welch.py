"""Training is hmmlearn's, faster, and keeps what a model with little data needs."""

import sys

import numpy as np
import pytest

from satn_keras.models.baselines.baum_welch import baum_welch
from satn_keras.models.baselines.gaussian_mixtures import log_mixtures
from satn_keras.models.baselines.hmm_scores import forward_scores
from satn_keras.models.baselines.mixture_hmm import flat_start, variance_floor
from tests.models.baselines import small_hmms


@pytest.fixture
def hmmlearn():
    return pytest.importorskip("hmmlearn.hmm")


@pytest.fixture
def sequences():
    rng = np.random.default_rng(5)
    means = [[[-3, 0], [-2, 4]], [[3, 1], [2, -4]], [[0, 3], [0, -3]]]
    model = small_hmms.left_to_right(means, leave=0.05, spread=1.0)
    return [small_hmms.sample(model, size, rng)[0] for size in (61, 83, 71, 97)]


def start(sequences, states=3, mixtures=2):
    floor = variance_floor(sequences)
    return flat_start(sequences, states, mixtures, floor, seed=1), floor


def likelihood(model, sequences):
    with np.errstate(divide="ignore"):
        chain = np.log(model.start), np.log(model.transitions)
    emissions = [log_mixtures(each, *model[2:])[None] for each in sequences]
    return sum(forward_scores(each, *chain)[0] for each in emissions)


def test_iterations_are_those_of_hmmlearn_s_own_mixtures(
    hmmlearn, sequences, monkeypatch
):
    monkeypatch.setattr("satn_keras.models.baselines.baum_welch.FEWEST_FRAMES", 0.0)
    before, floor = start(sequences)
    found = baum_welch(before, sequences, 3, floor, gain=0.0)
    slow = hmmlearn.GMMHMM(3, 2, n_iter=3, tol=-np.inf, init_params="")
    slow.startprob_, slow.transmat_ = before.start, before.transitions
    slow.weights_, slow.means_, slow.covars_ = before[2:]
    slow.fit(np.concatenate(sequences), [len(each) for each in sequences])
    np.testing.assert_allclose(found.transitions, slow.transmat_, atol=1e-8)
    np.testing.assert_allclose(found.weights, slow.weights_, atol=1e-8)
    np.testing.assert_allclose(found.means, slow.means_, atol=1e-8)
    np.testing.assert_allclose(found.variances, slow.covars_, atol=1e-8)
    total = likelihood(found, sequences)
    expected = slow.score(np.concatenate(sequences), [len(each) for each in sequences])
    assert total == pytest.approx(expected)


@pytest.mark.usefixtures("hmmlearn")
def test_training_makes_the_sequences_more_likely(sequences):
    before, floor = start(sequences)
    likelihoods = [
        likelihood(baum_welch(before, sequences, iterations, floor), sequences)
        for iterations in (1, 2, 5)
    ]
    assert likelihood(before, sequences) < likelihoods[0]
    assert likelihoods == sorted(likelihoods)


@pytest.mark.usefixtures("hmmlearn")
def test_the_model_stays_from_left_to_right(sequences):
    model = baum_welch(*_reorder(*start(sequences, states=5), sequences))
    np.testing.assert_array_equal(model.start, np.eye(5)[0])
    allowed = np.eye(5) + np.eye(5, k=1) > 0
    assert (model.transitions[~allowed] == 0).all()
    np.testing.assert_allclose(model.transitions.sum(axis=1), 1)
    assert model.transitions[-1, -1] == 1


@pytest.mark.usefixtures("hmmlearn")
def test_known_means_are_found_again():
    rng = np.random.default_rng(2)
    truth = small_hmms.left_to_right([[[-3, 0]], [[3, 3]]], leave=0.05, spread=0.7)
    sequences = [small_hmms.sample(truth, 41, rng)[0] for _ in range(40)]
    before, floor = start(sequences, states=2, mixtures=1)
    model = baum_welch(before, sequences, 20, floor)
    np.testing.assert_allclose(model.means, truth.means, atol=0.1)
    np.testing.assert_allclose(model.variances, truth.variances, rtol=0.2)
    assert model.transitions[0, 1] == pytest.approx(0.05, rel=0.4)


@pytest.mark.usefixtures("hmmlearn")
@pytest.mark.parametrize("lengths", [[1], [2, 3], [7], [1, 1, 41]])
def test_very_little_data_makes_a_finite_model(lengths):
    rng = np.random.default_rng(1)
    sequences = [rng.normal(size=(length, 3)) for length in lengths]
    model = baum_welch(*_reorder(*start(sequences, states=5, mixtures=8), sequences))
    assert all(np.isfinite(array).all() for array in model)
    np.testing.assert_allclose(model.transitions.sum(axis=1), 1)
    np.testing.assert_allclose(model.weights.sum(axis=1), 1)
    assert np.isfinite(likelihood(model, [rng.normal(size=(29, 3))]))


@pytest.mark.usefixtures("hmmlearn")
def test_no_variance_falls_below_the_floor():
    sequences = [np.repeat([[0.0], [1.0]], 20, axis=0)] * 3  # two values, no spread
    before, floor = start(sequences, states=2, mixtures=1)
    model = baum_welch(before, sequences, 5, floor)
    np.testing.assert_allclose(model.variances, floor[0])


@pytest.mark.usefixtures("hmmlearn")
def test_a_component_of_next_to_no_frames_is_dropped(sequences):
    before, floor = start(sequences, mixtures=2)
    far = before.means.copy()
    far[1, 0] = 1e3
    model = baum_welch(before._replace(means=far), sequences, 1, floor)
    np.testing.assert_array_equal(model.weights[1], [0, 1])
    assert (model.weights[[0, 2]] > 0).all()


def test_without_hmmlearn_the_remedy_is_named(monkeypatch, sequences):
    monkeypatch.setitem(sys.modules, "hmmlearn", None)
    monkeypatch.setitem(sys.modules, "hmmlearn.base", None)
    before, floor = start(sequences)
    with pytest.raises(ImportError, match=r"pip install 'satn-keras\[baselines\]'"):
        baum_welch(before, sequences, 1, floor)


def _reorder(before, floor, sequences, iterations=10):
    return before, sequences, iterations, floor
