import keras
import numpy as np

from satn_keras.features.prosody.linear_prediction import prediction_error_filter
from satn_keras.features.prosody.polynomial_roots import polynomial_roots


def filters(number, seed=1):
    """Polynomials of order 11 with known roots, apart, within the unit circle."""
    random = np.random.default_rng(seed)
    angles = 0.2 + 0.55 * np.arange(5) + random.uniform(0.0, 0.3, (number, 5))
    radii = random.uniform(0.5, 0.98, (number, 5))
    pairs = radii * np.exp(1j * angles)
    real = random.uniform(-0.9, 0.9, (number, 1))
    roots = np.concatenate([pairs, pairs.conj(), real], axis=1)
    return roots, np.stack([np.poly(row).real for row in roots])


def test_the_roots_of_a_product_are_its_factors():
    expected, polynomials = filters(211)
    parts = polynomial_roots(polynomials[None].astype("float32"))
    real, imaginary = (keras.ops.convert_to_numpy(part)[0] for part in parts)
    found = real + 1j * imaginary
    distance = np.abs(expected[:, :, None] - found[:, None]).min(axis=2)
    assert distance.max() < 5e-3


def test_a_prediction_filter_has_the_roots_of_the_process_it_predicts():
    from scipy.signal import lfilter

    pole = 0.95 * np.exp(2j * np.pi * 0.1)
    expected = np.poly([pole, pole.conj()]).real
    impulse = np.zeros(4000)
    impulse[0] = 1
    ring = lfilter([1], expected, impulse)
    correlation = [np.dot(ring[: 4000 - lag], ring[lag:]) for lag in range(5)]
    filters = prediction_error_filter(np.array([correlation], "float32"))
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(filters)[0], [*expected, 0, 0], atol=1e-3
    )


def test_silence_is_predicted_by_nothing():
    silent = prediction_error_filter(np.zeros((1, 4), "float32"))
    np.testing.assert_array_equal(silent, [[1, 0, 0, 0]])


def test_roots_that_two_of_the_iteration_s_points_seek_are_found():
    # Of speech, and rare: Aberth's iteration alone needs 22 steps.
    low = [1.0, -0.0098782, -0.5618812, -0.6152468, 0.0843254, 0.4566781]
    high = [0.3702231, -0.1035713, -0.4716389, -0.1803846, 0.4139661, 0.2129994]
    polynomial = np.array([*low, *high])
    real, imaginary = polynomial_roots(polynomial[None, None].astype("float32"))
    found = np.asarray(real)[0, 0] + 1j * np.asarray(imaginary)[0, 0]
    distance = np.abs(np.roots(polynomial)[:, None] - found).min(axis=1)
    assert distance.max() < 1e-5
