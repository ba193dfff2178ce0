"""The machine's decisions are scikit-learn's, however speakers are standardised."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from satn_keras.models.baselines.functionals_svm import FunctionalsSVM

CLASSES, VALUES = 4, 7


def utterances(number, seed=0, overlap=2.0):
    """Values, labels and speakers; the speakers differ in level and range."""
    draws = np.random.default_rng(seed)
    labels = draws.integers(CLASSES, size=number)
    speakers = draws.choice(["anna", "bert", "cleo"], size=number)
    centres = np.random.default_rng(99).standard_normal((CLASSES, VALUES))
    values = centres[labels] + overlap * draws.standard_normal((number, VALUES))
    level = {"anna": (0.0, 1.0), "bert": (5.0, 3.0), "cleo": (-40.0, 0.1)}
    offset, scale = np.array([level[speaker] for speaker in speakers]).T
    return values * scale[:, None] + offset[:, None], labels, speakers


def standardised_svc(**options):
    """Scikit-learn's own way to the same machine."""
    return make_pipeline(
        StandardScaler(), SVC(**{"class_weight": "balanced", **options})
    )


@pytest.mark.parametrize("kernel", ["rbf", "linear"])
@pytest.mark.parametrize("weights", ["balanced", "none"])
def test_decisions_are_those_of_a_standardised_svc(kernel, weights):
    values, labels, speakers = utterances(211)
    machine = FunctionalsSVM("training", kernel, 0.7, weights)
    machine.fit(values, labels, speakers, CLASSES)
    expected = standardised_svc(
        C=0.7,
        kernel=kernel,
        class_weight=None if weights == "none" else "balanced",
        break_ties=True,
    ).fit(values, labels)
    test, _, others = utterances(307, seed=1)
    posteriors = machine.posteriors(test, others)
    np.testing.assert_array_equal(posteriors.argmax(axis=1), expected.predict(test))


def test_the_most_probable_class_is_the_decision_even_where_votes_are_equal():
    values, labels, speakers = utterances(211, overlap=6.0)
    machine = FunctionalsSVM().fit(values, labels, speakers, CLASSES)
    test, _, others = utterances(1009, seed=1, overlap=6.0)
    oracle = standardised_svc(break_ties=True).fit(values, labels)
    votes = np.sort(np.round(oracle.decision_function(test)), axis=1)
    assert (votes[:, -1] == votes[:, -2]).any()  # there are such
    np.testing.assert_array_equal(
        machine.posteriors(test, others).argmax(axis=1), oracle.predict(test)
    )


def test_posteriors_are_rows_of_sum_one():
    values, labels, speakers = utterances(101)
    machine = FunctionalsSVM().fit(values, labels, speakers, CLASSES)
    posteriors = machine.posteriors(values, speakers)
    assert posteriors.dtype == "float32"
    np.testing.assert_allclose(posteriors.sum(axis=1), 1, rtol=1e-6)
    assert (posteriors > 0).all()


def test_by_speaker_a_speaker_s_level_and_range_do_not_matter():
    values, labels, speakers = utterances(211)
    machine = FunctionalsSVM("speaker").fit(values, labels, speakers, CLASSES)
    test, _, others = utterances(103, seed=1)
    moved = np.where(others[:, None] == "bert", 7 * test - 3, test)
    np.testing.assert_allclose(
        machine.posteriors(moved, others), machine.posteriors(test, others), atol=1e-6
    )


def test_by_speaker_the_other_speakers_of_a_part_do_not_matter():
    values, labels, speakers = utterances(211)
    machine = FunctionalsSVM("speaker").fit(values, labels, speakers, CLASSES)
    test, _, others = utterances(103, seed=1)
    own = others == "cleo"
    np.testing.assert_allclose(
        machine.posteriors(test[own], others[own]),
        machine.posteriors(test, others)[own],
        atol=1e-6,
    )


def test_a_value_that_never_varies_and_a_lone_utterance_do_no_harm():
    values, labels, speakers = utterances(101)
    values = np.concatenate([values, np.full((101, 1), 13.0)], axis=1)
    for normalization in ("training", "speaker"):
        machine = FunctionalsSVM(normalization).fit(values, labels, speakers, CLASSES)
        assert np.isfinite(machine.posteriors(values[:1], ["dora"])).all()


def test_of_two_classes_the_posterior_agrees_with_the_decision():
    values, labels, speakers = utterances(101)
    machine = FunctionalsSVM().fit(values, labels % 2, speakers, 2)
    decisions = standardised_svc().fit(values, labels % 2).predict(values)
    posteriors = machine.posteriors(values, speakers)
    np.testing.assert_array_equal(posteriors.argmax(axis=1), decisions)
    assert (decisions == labels % 2).mean() > 0.6


def test_a_class_without_utterances_is_never_heard():
    values, labels, speakers = utterances(101)
    labels = np.where(labels == 1, 3, labels)
    posteriors = (
        FunctionalsSVM()
        .fit(values, labels, speakers, CLASSES)
        .posteriors(values, speakers)
    )
    assert posteriors.shape == (101, CLASSES)
    np.testing.assert_array_equal(posteriors[:, 1], 0)
    np.testing.assert_allclose(posteriors.sum(axis=1), 1, rtol=1e-6)


def test_one_class_alone_is_refused():
    values, labels, speakers = utterances(11)
    with pytest.raises(ValueError, match="at least two classes"):
        FunctionalsSVM().fit(values, np.zeros_like(labels), speakers, CLASSES)


def test_parameters_are_support_vectors_coefficients_and_intercepts():
    # Two points of two classes: both are support vectors of 3 values, with one
    # coefficient each, and there is one intercept.
    values = np.array([[0.0, 0.0, 1.0], [1.0, 2.0, 0.0]])
    machine = FunctionalsSVM(kernel="linear").fit(values, [0, 1], ["a", "a"], 2)
    assert machine.num_parameters == 2 * 3 + 2 + 1


def test_an_enrolled_speaker_is_standardised_by_other_utterances():
    # Of 100 and 104 the mean is 102 and the deviation 2: 103 and 99 are 0.5 and -1.5.
    machine = FunctionalsSVM("speaker").fit(*utterances(60), CLASSES)

    def found(given, known):
        given, known = (np.outer(each, np.ones(VALUES)) for each in (given, known))
        return machine.posteriors(given, ["dora"] * 2, (known, ["dora"] * 2))

    np.testing.assert_allclose(
        found([103, 99], [100, 104]), found([0.5, -1.5], [-1, 1]), rtol=1e-6
    )
    assert np.abs(found([103, 99], [100, 104]) - found([103, 99], [99, 103])).max() > 0
