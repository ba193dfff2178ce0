"""Scores become posteriors that decide alike and are no surer than they may be."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from satn_keras.config.systems import ElmConfig
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems.elm_stage import ElmStage, fit_sharpness

UTTERANCES, INPUTS, CLASSES = 40, 12, 3


@pytest.fixture
def data():
    random = np.random.default_rng(3)
    labels = random.integers(0, CLASSES, UTTERANCES)
    inputs = random.random((UTTERANCES, INPUTS))
    inputs[np.arange(UTTERANCES), labels] += 0.5
    return inputs, labels


@pytest.fixture
def stage(data):
    return ElmStage.fit(ElmConfig(units=17), *data, CLASSES, seed=1)


def test_posteriors_sum_to_one_and_decide_as_the_scores_do(stage, data):
    inputs, labels = data
    decisions = stage.machine.scores(inputs).argmax(axis=1)
    for one in (stage, stage.calibrated(inputs, labels)):
        posteriors = one.posteriors(inputs)
        assert posteriors.dtype == "float32"
        np.testing.assert_allclose(posteriors.sum(axis=1), 1, rtol=1e-6)
        np.testing.assert_array_equal(posteriors.argmax(axis=1), decisions)


def test_the_sharpness_is_that_of_the_highest_likelihood():
    random = np.random.default_rng(1)
    scores = random.standard_normal((5000, 3))
    chances = np.exp(4 * scores)
    chances /= chances.sum(axis=1, keepdims=True)
    labels = (chances.cumsum(axis=1) < random.random((5000, 1))).sum(axis=1)

    def cost(sharpness):
        powers = np.exp(sharpness * scores)
        chosen = powers[range(5000), labels] / powers.sum(axis=1)
        return -np.log(chosen).sum()

    best = minimize_scalar(cost, bracket=(1, 5)).x
    assert abs(best - 4) < 0.3  # the labels were drawn so
    np.testing.assert_allclose(fit_sharpness(scores, labels), best, rtol=0.02)


def test_a_few_utterances_without_a_mistake_do_not_make_it_certain():
    scores = np.eye(2)[[0, 1, 0, 1]]
    # Four utterances of two classes: 5/6, so exp(s) / (1 + exp(s)) = 5/6.
    found = fit_sharpness(scores, np.array([0, 1, 0, 1]))
    np.testing.assert_allclose(found, np.log(5), rtol=1e-3)


def test_scores_that_are_wrong_keep_their_order():
    assert fit_sharpness(np.eye(2), np.array([1, 0])) == pytest.approx(0.1, rel=1e-3)


@pytest.mark.parametrize("kernel", ["sigmoid", "rbf"])
def test_a_stored_stage_gives_the_same_posteriors(kernel, data, tmp_path):
    stage = ElmStage.fit(ElmConfig(kernel=kernel, units=17), *data, CLASSES, seed=1)
    stage = stage.calibrated(*data)
    run = RunDirectory(tmp_path)
    stage.save(run)
    loaded = ElmStage.load(run)
    np.testing.assert_array_equal(loaded.posteriors(data[0]), stage.posteriors(data[0]))


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut short"])
def test_a_missing_or_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "elm.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArtifactError, match=r"elm\.npz: missing or damaged"):
        ElmStage.load(RunDirectory(tmp_path))


def test_a_ridge_too_small_is_named_by_its_key():
    twins = np.tile([[0.0], [1.0]], (30, 1))
    settings = ElmConfig(kernel="rbf", ridge=1e-300)
    with pytest.raises(ConfigError, match=r"^system\.elm: `ridge` must be large"):
        ElmStage.fit(settings, twins, np.array([0, 1] * 30), 2, seed=1)
