"""The extreme learning machine solves the system of its equation."""

import io

import numpy as np
import pytest
from scipy.stats import kstest
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

from satn_keras.models import ExtremeLearningMachine

UTTERANCES, INPUTS, CLASSES = 41, 7, 3
TARGETS = np.eye(CLASSES)


@pytest.fixture
def data():
    random = np.random.default_rng(5)
    inputs = 3 + 2 * random.standard_normal((UTTERANCES, INPUTS))
    return inputs, random.integers(0, CLASSES, UTTERANCES)


@pytest.fixture(params=["sigmoid", "rbf"])
def machine(request):
    return ExtremeLearningMachine(request.param, units=13, ridge=0.01, seed=2)


def test_sigmoid_scores_are_those_of_scikit_learn_s_ridge_on_the_hidden_values(data):
    inputs, labels = data
    machine = ExtremeLearningMachine(units=13, ridge=0.7).fit(inputs, labels, CLASSES)
    hidden = machine.hidden(inputs)
    ridge = Ridge(alpha=0.7, fit_intercept=False).fit(hidden, TARGETS[labels])
    np.testing.assert_allclose(machine.scores(inputs), ridge.predict(hidden))


@pytest.mark.parametrize("gamma", [None, 0.3])
def test_kernel_scores_are_those_of_scikit_learn_s_kernel_ridge(data, gamma):
    inputs, labels = data
    machine = ExtremeLearningMachine("rbf", ridge=0.7, gamma=gamma)
    machine.fit(inputs[:31], labels[:31], CLASSES)
    scaled = (inputs - inputs[:31].mean(axis=0)) / inputs[:31].std(axis=0)
    ridge = KernelRidge(alpha=0.7, kernel="rbf", gamma=gamma or 1 / INPUTS)
    ridge.fit(scaled[:31], TARGETS[labels[:31]])
    np.testing.assert_allclose(machine.scores(inputs), ridge.predict(scaled))


def test_hidden_values_are_the_sigmoid_of_the_drawn_units(data):
    inputs, labels = data
    machine = ExtremeLearningMachine(units=13).fit(inputs, labels, CLASSES)
    arrays = machine.to_arrays()
    scaled = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    expected = 1 / (1 + np.exp(-(scaled @ arrays["weights"] + arrays["bias"])))
    np.testing.assert_allclose(machine.hidden(inputs), expected)


def test_hidden_units_are_drawn_evenly_between_minus_one_and_one(data):
    arrays = ExtremeLearningMachine(units=500).fit(*data, CLASSES).to_arrays()
    for name in ("weights", "bias"):
        drawn = kstest(arrays[name].ravel(), "uniform", args=(-1, 2))
        assert drawn.pvalue > 0.001
        assert np.abs(arrays[name]).max() <= 1


def test_one_utterance_of_one_input_is_solved_by_hand():
    machine = ExtremeLearningMachine("rbf", ridge=0.25).fit([[4.0]], [1], 2)
    # K = 1, so U = 1 / 1.25; a unit away K is exp(-1), as an input that never
    # varied is not scaled and gamma is 1 / 1.
    np.testing.assert_allclose(machine.scores([[4.0]]), [[0, 0.8]])
    np.testing.assert_allclose(machine.scores([[5.0]]), [[0, 0.8 * np.exp(-1)]])


def test_an_input_that_never_varied_counts_nothing_and_hurts_nothing(machine, data):
    inputs, labels = data
    constant = np.insert(inputs, 3, 0.1, axis=1)
    scores = machine.fit(constant, labels, CLASSES).scores(constant)
    assert np.isfinite(scores).all()
    assert (machine.to_arrays()["scale"][3], machine.to_arrays()["mean"][3]) == (
        1.0,
        pytest.approx(0.1),
    )


def test_a_class_without_an_utterance_has_the_score_zero(machine, data):
    inputs, labels = data
    scores = machine.fit(inputs, labels, CLASSES + 1).scores(inputs)
    np.testing.assert_array_equal(scores[:, CLASSES], 0)


def test_scores_survive_a_file_without_pickle(machine, data):
    inputs, labels = data
    machine.fit(inputs, labels, CLASSES)
    file = io.BytesIO()
    np.savez(file, **machine.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        assert set(arrays) == set(machine.array_names(machine.kernel))
        copy = ExtremeLearningMachine.from_arrays(arrays)
    np.testing.assert_array_equal(copy.scores(inputs), machine.scores(inputs))
    assert copy.num_parameters == machine.num_parameters
    assert (copy.kernel, copy.ridge) == (machine.kernel, 0.01)


def test_the_same_seed_draws_the_same_units_and_another_seed_others(data):
    scores = [
        ExtremeLearningMachine(units=13, seed=seed).fit(*data, CLASSES).scores(data[0])
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(scores[0], scores[1])
    assert not np.allclose(scores[0], scores[2])


def test_classes_that_no_line_parts_are_learned(machine):
    # 0 around the origin, 1 on a ring around that: an even function of the inputs.
    angles = np.linspace(0, 6, 40)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    inputs = np.concatenate([0.2 * ring, ring])
    labels = np.repeat([0, 1], 40)
    machine = machine.fit(inputs, labels, 2)
    np.testing.assert_array_equal(machine.scores(inputs).argmax(axis=1), labels)


def test_parameters_are_counted_by_hand(data):
    sigmoid = ExtremeLearningMachine(units=13).fit(*data, CLASSES)
    scaling = 2 * INPUTS
    assert sigmoid.num_parameters == scaling + 13 * (INPUTS + 1) + 13 * CLASSES
    kernel = ExtremeLearningMachine("rbf").fit(*data, CLASSES)
    expected = scaling + UTTERANCES * INPUTS + UTTERANCES * CLASSES + 1
    assert kernel.num_parameters == expected


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"kernel": "linear"}, "`kernel` must be one of sigmoid, rbf"),
        ({"units": 0}, "`units` must be at least 1"),
        ({"ridge": 0.0}, "`ridge` must be above 0"),
        ({"ridge": float("nan")}, "`ridge` must be above 0"),
        ({"gamma": -1.0}, "`gamma` must be above 0"),
    ],
)
def test_a_bad_argument_is_named(arguments, text):
    with pytest.raises(ValueError, match=text):
        ExtremeLearningMachine(**arguments)


@pytest.mark.parametrize(
    ("inputs", "labels", "text"),
    [
        (np.zeros((3, 2)), [0, 1], "one row for each utterance"),
        (np.zeros((0, 2)), np.zeros(0, int), "at least one"),
        (np.zeros(3), [0, 1, 0], r"shape \(utterances, inputs\)"),
        (np.full((2, 2), np.nan), [0, 1], "must be finite"),
        (np.zeros((2, 2)), [0, 2], r"must lie in 0 ... 1. Received: 0 to 2"),
        (np.zeros((2, 2)), [-1, 0], "Received: -1 to 0"),
    ],
)
def test_data_that_do_not_fit_are_refused(machine, inputs, labels, text):
    with pytest.raises(ValueError, match=text):
        machine.fit(inputs, labels, 2)


def test_a_machine_that_has_not_learned_says_so(machine):
    with pytest.raises(ValueError, match="Call `fit` first"):
        machine.scores(np.zeros((1, 2)))


def test_a_ridge_too_small_to_solve_with_is_named():
    twins = np.tile([[0.0], [1.0]], (30, 1))
    machine = ExtremeLearningMachine("rbf", ridge=1e-300)
    with pytest.raises(ValueError, match="`ridge` must be large enough"):
        machine.fit(twins, [0, 1] * 30, 2)
