"""Densities of mixtures are those of SciPy and scikit-learn."""

import numpy as np
import pytest
import scipy.stats
from sklearn.mixture import GaussianMixture

from satn_keras.models.baselines.gaussian_mixtures import log_components, log_mixtures

FRAMES, STATES, COMPONENTS, DIMS = 11, 2, 3, 5


@pytest.fixture
def mixtures():
    rng = np.random.default_rng(3)
    weights = rng.dirichlet(np.ones(COMPONENTS), STATES)
    means = rng.normal(size=(STATES, COMPONENTS, DIMS))
    return weights, means, rng.uniform(0.1, 2.0, size=means.shape)


@pytest.fixture
def frames():
    return np.random.default_rng(4).normal(size=(FRAMES, DIMS))


def test_a_component_s_density_is_a_product_of_normal_densities(mixtures, frames):
    weights, means, variances = mixtures
    densities = scipy.stats.norm(means, np.sqrt(variances))
    expected = densities.logpdf(frames[:, None, None]).sum(axis=-1) + np.log(weights)
    np.testing.assert_allclose(log_components(frames, *mixtures), expected)


def test_a_mixture_s_density_is_scikit_learn_s(mixtures, frames):
    found = log_mixtures(frames, *mixtures)
    assert found.shape == (FRAMES, STATES)
    for state in range(STATES):
        model = GaussianMixture(COMPONENTS, covariance_type="diag")
        model.weights_, model.means_, model.covariances_ = (
            each[state] for each in mixtures
        )
        model.precisions_cholesky_ = 1 / np.sqrt(model.covariances_)
        np.testing.assert_allclose(found[:, state], model.score_samples(frames))


def test_a_component_of_weight_zero_is_not_there(mixtures, frames):
    weights, means, variances = mixtures
    fewer = weights[:, :2] / weights[:, :2].sum(axis=1, keepdims=True)
    expected = log_mixtures(frames, fewer, means[:, :2], variances[:, :2])
    padded = np.pad(fewer, ((0, 0), (0, 1)))
    np.testing.assert_allclose(log_mixtures(frames, padded, means, variances), expected)


def test_frames_far_from_every_component_have_a_finite_density(mixtures):
    far = np.full((1, DIMS), 1e4)
    assert np.isfinite(log_mixtures(far, *mixtures)).all()
