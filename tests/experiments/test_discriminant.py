"""Discriminant in closed form."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from satn_keras.experiments.agreement import agreement
from satn_keras.experiments.discriminant import discriminant_scores, fit_discriminant
from satn_keras.features import LinearDiscriminant


def drawn(counts=(37, 23, 41), values=7):
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(len(counts)), counts)
    mixing = rng.normal(size=(values, values))
    return rng.normal(size=(len(groups), values)) @ mixing + groups[:, None], groups


@pytest.mark.parametrize("shrinkage", [0.1, 0.6])
def test_posteriors_are_scikit_learns(shrinkage):
    values, groups = drawn()
    layer = LinearDiscriminant(7, 3)
    layer.set_discriminant(*fit_discriminant(values, groups, shrinkage))
    scores = np.asarray(layer(values), "float64")
    posterior = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    theirs = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)
    theirs.fit(standard, groups)
    np.testing.assert_allclose(posterior, theirs.predict_proba(standard), atol=2e-5)
    unlayered = discriminant_scores(values, fit_discriminant(values, groups, shrinkage))
    np.testing.assert_allclose(scores, unlayered, atol=1e-4)


def test_values_that_voices_agree_on_are_trusted():
    values, groups = drawn()
    voices = np.arange(len(groups)) % 2
    values[:, 3] += 20 * np.where(voices == 0, groups, -groups)
    layer = LinearDiscriminant(7, 3)
    layer.set_discriminant(*fit_discriminant(values, groups, 0.4, voices=voices))
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    scale = agreement(standard, groups, voices)
    assert scale[3] < 0.1 * np.delete(scale, 3).min()
    theirs = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.4)
    theirs.fit(standard * scale, groups)
    scores = np.asarray(layer(values), "float64")
    posterior = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = theirs.predict_proba(standard * scale)
    np.testing.assert_allclose(posterior, expected, atol=2e-5)


def test_a_group_that_nobody_is_in_is_never_the_likeliest():
    values, groups = drawn(counts=(13, 17))
    *_, kernel, bias = fit_discriminant(values, groups, 0.3, number=3)
    assert kernel.shape == (7, 3)
    assert np.isfinite(bias).all()
    assert bias[2] < bias[:2].min() - 10


def test_one_vector_of_each_group_gives_finite_weights():
    weights = fit_discriminant(np.eye(3), np.arange(3), 0.3)
    assert all(np.isfinite(each).all() for each in weights)
