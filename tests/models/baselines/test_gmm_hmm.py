"""The class whose model makes a sequence most likely is found."""

import numpy as np
import pytest

from satn_keras.models import GmmHmmClassifier
from tests.models.baselines import small_hmms

pytest.importorskip("hmmlearn")

# The same six sounds in another order, so that only the order tells them apart.
SOUNDS = [[[-3, -2], [-3, 2]], [[0, -2], [0, 2]], [[3, -2], [3, 2]]]
RISING = small_hmms.left_to_right(SOUNDS)
FALLING = small_hmms.left_to_right(SOUNDS[::-1])


def draw(model, count, seed):
    rng = np.random.default_rng(seed)
    return [small_hmms.sample(model, 30 + 3 * row, rng)[0] for row in range(count)]


@pytest.fixture(scope="module")
def trained():
    classifier = GmmHmmClassifier(num_states=3, num_mixtures=2, iterations=10, seed=1)
    return classifier.fit([draw(RISING, 11, 1), draw(FALLING, 13, 2)])


def test_sequences_of_two_known_models_are_told_apart(trained):
    for label, model in enumerate((RISING, FALLING)):
        likelihoods = trained.log_likelihoods(draw(model, 17, 3))
        assert likelihoods.shape == (17, 2)
        assert (likelihoods.argmax(axis=1) == label).mean() > 0.9


def test_likelihoods_are_those_of_hmmlearn_with_the_same_numbers(trained):
    from hmmlearn.hmm import GMMHMM

    sequence = draw(RISING, 1, 5)[0]
    for label in range(2):
        model = GMMHMM(3, 2)
        (
            model.startprob_,
            model.transmat_,
            model.weights_,
            model.means_,
            model.covars_,
        ) = (array[label] for array in trained.models)
        found = trained.log_likelihoods([sequence])[0, label]
        assert found == pytest.approx(model.score(sequence))
        path = trained.align([sequence], [label])[0]
        np.testing.assert_array_equal(path, model.decode(sequence)[1])


def test_sounds_far_apart_are_aligned_where_they_change():
    rng = np.random.default_rng(1)
    paths = [np.repeat([0, 1, 2], [15 + row, 18, 25 - row]) for row in range(7)]
    sequences = [rng.normal(10 * path[:, None], 1.0) for path in paths]
    classifier = GmmHmmClassifier(num_states=3, num_mixtures=1).fit([sequences])
    for found, path in zip(classifier.align(sequences, [0] * 7), paths, strict=True):
        np.testing.assert_array_equal(found, path)


def test_every_class_s_model_stays_from_left_to_right(trained):
    forbidden = np.eye(3) + np.eye(3, k=1) == 0
    assert (trained.models.transitions[:, forbidden] == 0).all()
    np.testing.assert_array_equal(trained.models.start, [[1, 0, 0]] * 2)


def test_the_same_seed_gives_the_same_models(trained):
    again = GmmHmmClassifier(num_states=3, num_mixtures=2, iterations=10, seed=1)
    again.fit([draw(RISING, 11, 1), draw(FALLING, 13, 2)])
    for one, two in zip(trained.models, again.models, strict=True):
        np.testing.assert_array_equal(one, two)


def test_arrays_written_without_pickle_make_the_classifier_again(trained, tmp_path):
    np.savez(tmp_path / "models.npz", **trained.arrays())
    with np.load(tmp_path / "models.npz", allow_pickle=False) as arrays:
        loaded = GmmHmmClassifier.from_arrays(arrays)
    sequences = draw(FALLING, 3, 7)
    np.testing.assert_array_equal(
        loaded.log_likelihoods(sequences), trained.log_likelihoods(sequences)
    )
    assert loaded.num_parameters == trained.num_parameters
    assert (loaded.num_states, loaded.num_mixtures) == (3, 2)


def test_parameters_are_counted_by_hand(trained):
    assert (trained.models.weights > 0).all()
    # A class: two durations, one free weight in each of three states, and two
    # components of two means and two variances in each.
    assert trained.num_parameters == 2 * (2 + 3 * 1 + 3 * 2 * 4)


def test_components_that_are_not_there_are_not_counted():
    sequences = [np.random.default_rng(1).normal(size=(15, 2))]
    classifier = GmmHmmClassifier(num_states=1, num_mixtures=8, iterations=1)
    assert classifier.fit([sequences]).num_parameters == 4


def test_classes_of_very_different_amounts_are_trained_side_by_side():
    classifier = GmmHmmClassifier(num_states=3, num_mixtures=4, iterations=3)
    classifier.fit([draw(RISING, 1, 1), draw(FALLING, 20, 2)])
    assert np.isfinite(classifier.log_likelihoods(draw(RISING, 5, 3))).all()


@pytest.mark.parametrize("sequences", [[], [np.zeros((0, 2))]])
def test_a_class_without_a_frame_is_refused(sequences):
    with pytest.raises(ValueError, match="Received: class 1 with frames"):
        GmmHmmClassifier().fit([[np.zeros((5, 2))], sequences])


def test_numbers_below_one_are_refused():
    with pytest.raises(ValueError, match="must be at least 1. Received: 5, 0 and 20"):
        GmmHmmClassifier(num_mixtures=0)
