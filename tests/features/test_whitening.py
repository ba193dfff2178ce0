"""Whitening, against scikit-learn's PCA and what whitening promises."""

import keras
import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from satn_keras.config import FeatureConfig
from satn_keras.features import (
    DescriptorFrontEnd,
    FeatureNormalization,
    FeatureStatistics,
    FrontEnd,
    whitening_matrix,
)

BANDS, CHANNELS = 3, 2
VALUES = BANDS * CHANNELS


def correlated_frames(frames=997):
    """Values that depend on each other, in units that differ by up to 10^6."""
    rng = np.random.default_rng(5)
    independent = rng.standard_normal((frames, VALUES))
    units = np.array([1e-3, 1.0, 7.0, 1e3, 0.5, 20.0])
    mixed = independent @ rng.standard_normal((VALUES, VALUES)) * units
    return (mixed + 5 * units).reshape(frames, BANDS, CHANNELS)


def statistics_of(frames, parts=5):
    statistics = FeatureStatistics(covariance=True)
    for part in np.array_split(frames, parts):
        statistics.add(part)
    return statistics


def whitened(frames, epsilon=0.0):
    """(frames, values) through the layer."""
    statistics = statistics_of(frames)
    layer = FeatureNormalization("whitening")
    matrix = whitening_matrix(statistics.covariance, epsilon)
    layer.set_whitening(statistics.mean, matrix)
    y = keras.ops.convert_to_numpy(layer(frames[np.newaxis].astype("float32")))
    return y.reshape(len(frames), VALUES).astype("float64")


def test_the_covariance_of_parts_is_numpys_of_the_whole():
    frames = correlated_frames() + 1e4  # large offset, small spread
    expected = np.cov(frames.reshape(-1, VALUES), rowvar=False, bias=True)
    actual = statistics_of(frames).covariance
    np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-12)
    deviation = statistics_of(frames).deviation.ravel()
    np.testing.assert_allclose(np.sqrt(np.diag(actual)), deviation, rtol=1e-9)


def test_whitened_values_are_uncorrelated_and_of_unit_deviation():
    y = whitened(correlated_frames())
    np.testing.assert_allclose(y.mean(axis=0), 0.0, atol=1e-4)
    np.testing.assert_allclose(y.T @ y / len(y), np.eye(VALUES), atol=1e-3)


def test_whitening_is_scikit_learns_of_standardized_values():
    frames = correlated_frames()
    scaled = StandardScaler().fit_transform(frames.reshape(-1, VALUES))
    expected = PCA(whiten=True).fit_transform(scaled)
    expected *= np.sqrt(len(frames) / (len(frames) - 1))  # of the population
    y = whitened(frames)
    np.testing.assert_allclose(np.abs(y), np.abs(expected), rtol=1e-2, atol=1e-3)


def test_two_correlated_values_by_hand():
    # Correlation 0.6: eigenvalues 1.6 along (1, 1), 0.4 along (1, -1) / sqrt 2.
    matrix = whitening_matrix([[4.0, 1.2], [1.2, 1.0]], epsilon=0.0)
    first = np.array([1 / 2, 1]) / np.sqrt(2 * 1.6)
    second = np.array([1 / 2, -1]) / np.sqrt(2 * 0.4)
    np.testing.assert_allclose(matrix[:, 0], first, rtol=1e-12)
    np.testing.assert_allclose(np.abs(matrix[:, 1]), np.abs(second), rtol=1e-12)


def test_a_constant_value_gets_no_weight_and_no_infinity():
    frames = correlated_frames()
    frames[:, 1, 0] = 3.0
    frames[:, 2, 1] = frames[:, 0, 0]  # says nothing of its own
    matrix = whitening_matrix(statistics_of(frames).covariance)
    np.testing.assert_array_equal(matrix[2], 0.0)  # band 1, channel 0
    assert np.isfinite(matrix).all()


def test_epsilon_is_added_to_the_eigenvalues_of_the_correlation():
    matrix = whitening_matrix(np.diag([9.0, 9.0]), epsilon=3.0)
    np.testing.assert_allclose(np.abs(matrix).max(axis=0), 1 / (3 * np.sqrt(1 + 3)))


def test_an_eigenvector_points_along_its_largest_weight():
    covariance = statistics_of(correlated_frames()).covariance
    scale = np.sqrt(np.diag(covariance))
    vectors = whitening_matrix(covariance) * scale[:, None]
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(VALUES)]
    assert (largest > 0).all()


def test_padded_frames_are_zero_and_change_nothing():
    frames = correlated_frames(11)[np.newaxis].astype("float32")
    layer = FeatureNormalization("whitening")
    layer.set_whitening(np.ones((BANDS, CHANNELS)), np.eye(VALUES)[::-1])
    mask = np.arange(11)[np.newaxis] < 7
    y = keras.ops.convert_to_numpy(layer(frames, mask=mask))
    flat = (frames - 1).reshape(11, VALUES)[:7, ::-1]
    np.testing.assert_allclose(y[0, :7].reshape(7, VALUES), flat, rtol=1e-6)
    np.testing.assert_array_equal(y[0, 7:], 0.0)


def test_before_it_is_set_whitening_changes_nothing():
    frames = correlated_frames(7)[np.newaxis].astype("float32")
    y = keras.ops.convert_to_numpy(FeatureNormalization("whitening")(frames))
    np.testing.assert_allclose(y, frames, rtol=1e-6)


def test_a_whitening_is_weights_that_no_optimizer_touches():
    layer = FeatureNormalization("whitening")
    layer.build((None, None, BANDS, CHANNELS))
    shapes = {weight.name: tuple(weight.shape) for weight in layer.weights}
    assert shapes == {"mean": (BANDS, CHANNELS), "matrix": (VALUES, VALUES)}
    assert layer.trainable_weights == []


def test_a_saved_front_end_keeps_its_whitening(tmp_path):
    config = FeatureConfig(num_mels=BANDS, normalization="whitening")
    front_end = FrontEnd(config)
    rng = np.random.default_rng(2)
    front_end.set_whitening(rng.random((3, 3)), rng.random((9, 9)))
    waveform = keras.Input((None,))
    model = keras.Model(waveform, front_end(waveform))
    model.save(tmp_path / "front_end.keras")
    loaded = keras.saving.load_model(tmp_path / "front_end.keras")
    sound = rng.standard_normal((1, 1999)).astype("float32")
    for actual, expected in zip(loaded(sound), model(sound), strict=True):
        np.testing.assert_array_equal(actual, expected)


def test_descriptors_can_be_whitened():
    config = FeatureConfig(descriptors="compare2016", normalization="whitening")
    front_end = DescriptorFrontEnd(config)
    frames = np.random.default_rng(1).random((1, 2, 65, 2)).astype("float32")
    front_end.set_whitening(np.zeros((65, 2)), 2 * np.eye(130))
    y = keras.ops.convert_to_numpy(front_end.normalize(frames))
    np.testing.assert_allclose(y, 2 * frames, rtol=1e-6)


@pytest.mark.parametrize(
    ("mean", "matrix", "rule"),
    [
        (np.zeros((3, 2)), np.eye(5), r"Received: \(3, 2\) and \(5, 5\)"),
        (np.zeros(6), np.eye(6), r"shape \(bands, channels\)"),
        (np.zeros((3, 2)), np.full((6, 6), np.nan), "must be finite"),
    ],
)
def test_an_impossible_whitening_is_refused(mean, matrix, rule):
    with pytest.raises(ValueError, match=rule):
        FeatureNormalization("whitening").set_whitening(mean, matrix)


def test_each_mode_takes_its_own_statistics():
    ones = np.ones((3, 2))
    with pytest.raises(ValueError, match="mode 'whitening' only.*mode='training'"):
        FeatureNormalization("training").set_whitening(ones, np.eye(6))
    with pytest.raises(
        ValueError, match="mode 'training' or 'running' only.*mode='whitening'"
    ):
        FeatureNormalization("whitening").set_statistics(ones, ones)


@pytest.mark.parametrize(
    ("covariance", "rule"),
    [(np.ones((3, 2)), r"square.*\(3, 2\)"), ([[np.inf]], "must be finite")],
)
def test_an_impossible_covariance_is_refused(covariance, rule):
    with pytest.raises(ValueError, match=rule):
        whitening_matrix(covariance)


def test_a_covariance_that_was_not_kept_is_refused():
    statistics = FeatureStatistics()
    statistics.add(correlated_frames(7))
    with pytest.raises(ValueError, match="`covariance=True` only"):
        _ = statistics.covariance
    with pytest.raises(ValueError, match="No frames were added"):
        _ = FeatureStatistics(covariance=True).covariance
