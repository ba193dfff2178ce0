"""Cepstra are SciPy's cosine transform, and take their derivatives along."""

import keras
import numpy as np
import pytest
import scipy.fft

from satn_keras.features import Deltas, cepstra


@pytest.fixture
def log_mel():
    return np.random.default_rng(3).normal(size=(2, 13, 11)).astype("float32")


def test_cepstra_are_scipy_s_orthonormal_cosine_transform(log_mel):
    expected = scipy.fft.dct(log_mel, type=2, norm="ortho", axis=-1)[..., :7]
    found = keras.ops.convert_to_numpy(cepstra(log_mel[..., None], 7))
    np.testing.assert_allclose(found[..., 0], expected, atol=1e-5)


def test_the_transform_of_the_derivatives_is_the_derivative_of_the_transform(log_mel):
    deltas = Deltas(2)
    found = cepstra(deltas(log_mel), 5)
    static = keras.ops.convert_to_numpy(cepstra(log_mel[..., None], 5))[..., 0]
    np.testing.assert_allclose(found, deltas(static), atol=1e-5)


@pytest.mark.parametrize("count", [0, 12])
def test_more_coefficients_than_bands_are_refused(log_mel, count):
    with pytest.raises(ValueError, match="`num_coefficients` must be from 1 to 11"):
        cepstra(log_mel[..., None], count)
