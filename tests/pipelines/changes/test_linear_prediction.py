"""Filters that leave a frame white."""

import numpy as np
from scipy.linalg import solve_toeplitz

from satn_keras.pipelines.changes.linear_prediction import predictor, response_energy


def test_the_filters_solve_the_normal_equations():
    frames = np.random.default_rng(1).standard_normal((3, 211))
    found = predictor(frames, 8000)
    assert found.shape == (3, 11)  # two more than eight kilohertz, and the first
    for frame, filter_ in zip(frames, found, strict=True):
        lags = np.correlate(frame, frame, "full")[210:221]
        # 60 Hz of smoothing, and noise 50 dB below.
        lags = lags * np.exp(-0.5 * (2 * np.pi * 60 / 8000 * np.arange(11)) ** 2)
        lags[0] *= 1 + 1e-5
        expected = solve_toeplitz(lags[:-1], -lags[1:])
        np.testing.assert_allclose(filter_, [1, *expected], rtol=1e-6, atol=1e-9)


def test_silence_has_a_filter_that_does_nothing():
    np.testing.assert_array_equal(predictor(np.zeros((1, 97)), 8000), [[1] + [0] * 10])


def test_the_energy_of_a_response_is_the_polynomial_s():
    filters = np.array([[1.0, -0.5, 0.25]])
    found = response_energy(filters, bins=5)
    # At 0, an eighth, ... half the sample rate, z = exp(-2 pi i f).
    z = np.exp(-2j * np.pi * np.arange(5) / 8)
    np.testing.assert_allclose(found[0], np.abs(1 - 0.5 * z + 0.25 * z**2) ** 2)
