"""Normalisation by what was heard so far, against a loop over the frames."""

import keras
import numpy as np
import pytest

from satn_keras.config import FeatureConfig
from satn_keras.features import FeatureNormalization

RNG = np.random.default_rng(5)
WINDOW, FRAMES = 13.0, 61
MEAN, DEVIATION = RNG.normal(size=(2, 3)), RNG.uniform(0.5, 2, (2, 3))


def layer(**kwargs):
    made = FeatureNormalization("running", window=WINDOW, epsilon=0.0, **kwargs)
    made.set_statistics(MEAN, DEVIATION)
    return made


def loop(features, present=None):
    """(frames, bands, channels) normalised one frame after the other, in float64."""
    present = np.ones(features.shape[:2], bool) if present is None else present
    decay, prior = np.exp(-1 / WINDOW), WINDOW / 3
    count, total, square = np.zeros((2, 1)), np.zeros((2, 3)), np.zeros((2, 3))
    lines = []
    for frame, here in zip(features.astype("float64"), present, strict=True):
        here = here[:, None]
        count = decay * count + here
        total = decay * total + here * frame
        square = decay * square + here * frame**2
        mean = (total + prior * MEAN) / (count + prior)
        second = square + prior * (DEVIATION**2 + MEAN**2)
        variance = second / (count + prior) - mean**2
        lines.append(here * (frame - mean) / np.sqrt(variance))
    return np.stack(lines)


def test_it_is_that_of_a_loop_over_the_frames():
    features = RNG.normal(3, 2, (2, FRAMES, 2, 3)).astype("float32")
    found = keras.ops.convert_to_numpy(layer()(features))
    expected = np.stack([loop(one) for one in features])
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_later_frames_and_longer_neighbours_change_nothing():
    features = RNG.normal(3, 2, (2, FRAMES, 2, 3)).astype("float32")
    mask = np.arange(FRAMES) < np.array([[23], [FRAMES]])
    beside = keras.ops.convert_to_numpy(layer()(features, mask=mask))
    alone = keras.ops.convert_to_numpy(layer()(features[:1, :23]))
    np.testing.assert_allclose(beside[0, :23], alone[0], rtol=1e-4, atol=1e-5)
    assert (beside[0, 23:] == 0).all()
    begun = keras.ops.convert_to_numpy(layer()(features[1:, :40]))
    np.testing.assert_allclose(begun[0], beside[1, :40], rtol=1e-4, atol=1e-5)


def test_bands_of_voice_run_over_voiced_frames_alone():
    features = RNG.normal(3, 2, (1, FRAMES, 2, 3)).astype("float32")
    voiced = RNG.random(FRAMES) < 0.6
    features[0, ~voiced, 1, 0] = 0.0  # the pitch
    present = np.stack([np.ones(FRAMES, bool), voiced], axis=1)
    found = layer(voiced_bands=(1,), pitch_band=1)(features)
    expected = loop(features[0], present)
    np.testing.assert_allclose(found[0], expected, rtol=1e-3, atol=1e-4)


def test_the_first_frame_leans_on_the_training_set():
    # 13 / 3 frames of the prior beside one: 13 parts to 3.
    first = MEAN + 16 / 3
    found = keras.ops.convert_to_numpy(layer()(first[None, None].astype("float32")))
    offset, spread = 1.0, np.sqrt(13 / 16 * DEVIATION**2 + 3 / 16 * (16 / 3) ** 2 - 1)
    np.testing.assert_allclose(found[0, 0], (16 / 3 - offset) / spread, rtol=1e-4)


def test_a_window_without_use_is_refused():
    with pytest.raises(ValueError, match="`running_seconds` has no effect on"):
        FeatureConfig(running_seconds=1.0)
    assert FeatureConfig(normalization="running", running_seconds=1.0)
