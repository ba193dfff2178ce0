"""Linear prediction in float32 beside SciPy's Toeplitz solver in float64."""

import keras
import numpy as np
import scipy.linalg

from satn_keras.features.prosody.formants import Formants
from satn_keras.features.prosody.linear_prediction import prediction_error_filter

ORDER, BINS, FLOOR = 11, 353, 1e-4
TURNS = np.pi * np.arange(BINS) / (BINS - 1)
LAGS = np.outer(TURNS, np.arange(ORDER + 1))


def one_loud_resonance(frequencies, loudness):
    """(frames, bins) of power that sums to 1: a loud resonance and two weak ones."""
    distance = TURNS - np.asarray(frequencies)[:, None]
    power = loudness / (1e-4 + distance**2) + 1 / (1e-2 + (TURNS - 1.5) ** 2)
    power = power + 1 / (1e-2 + (TURNS - 2.2) ** 2)
    return power / power.sum(axis=1, keepdims=True)


def by_scipy(power):
    correlation = power @ np.cos(LAGS)
    correlation[:, 0] += FLOOR
    return np.array(
        [[1, *-scipy.linalg.solve_toeplitz(r[:-1], r[1:])] for r in correlation]
    )


def in_float32(power, refined):
    power, cosines, sines = (
        keras.ops.convert_to_tensor(part.astype("float32"))
        for part in (power, np.cos(LAGS), np.sin(LAGS))
    )

    def residual(a):
        real = power * (a @ keras.ops.transpose(cosines))
        imaginary = power * (a @ keras.ops.transpose(sines))
        return (real @ cosines + imaginary @ sines + FLOOR * a)[:, 1:]

    correlation = power @ cosines + np.eye(1, ORDER + 1, dtype="float32") * FLOOR
    found = prediction_error_filter(correlation, residual if refined else None)
    return keras.ops.convert_to_numpy(found)


def test_a_correction_by_the_spectrum_brings_the_digits_back():
    power = one_loud_resonance(np.linspace(0.2, 1.0, 60), loudness=100.0)
    wanted = by_scipy(power)
    plain, refined = (
        np.abs(in_float32(power, way) - wanted).max() for way in (False, True)
    )
    assert refined < 2e-5 < plain
    assert refined < plain / 20


def test_formants_are_of_a_filter_with_all_its_digits():
    frequencies = np.linspace(0, 5500, BINS)
    layer = Formants(frequencies)
    power = one_loud_resonance(np.linspace(0.2, 1.0, 60), loudness=100.0)
    found = keras.ops.convert_to_numpy(layer._filter(power[None].astype("float32")))
    assert np.abs(found[0] - by_scipy(power.astype("float32"))).max() < 2e-5


def test_silence_has_the_filter_that_does_nothing():
    found = in_float32(np.zeros((2, BINS)), True)
    np.testing.assert_allclose(found, np.eye(1, ORDER + 1).repeat(2, axis=0), atol=1e-7)
