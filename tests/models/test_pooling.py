"""Statistics over time are those of the true frames."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.models import MaskedPooling
from tests.support.layer_contracts import numbers

ROWS, FRAMES, CHANNELS = 3, 11, 5
X = numbers(ROWS, FRAMES, CHANNELS)
LENGTHS = (11, 1, 7)
MASK = np.arange(FRAMES) < np.array(LENGTHS)[:, np.newaxis]


def test_mean_and_deviation_are_numpys_over_true_frames():
    pooled = MaskedPooling("mean_deviation")(X, mask=MASK)
    for row, length in enumerate(LENGTHS):
        true = X[row, :length].astype("float64")
        expected = np.concatenate([true.mean(axis=0), true.std(axis=0)])
        np.testing.assert_allclose(pooled[row], expected, rtol=1e-5, atol=2e-4)


def test_without_a_mask_every_frame_is_true():
    np.testing.assert_allclose(MaskedPooling()(X), X.mean(axis=1), rtol=1e-5, atol=1e-6)


def test_constant_features_have_a_finite_gradient():
    x = tf.ones((1, 4, 2))
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(MaskedPooling("mean_deviation")(x))
    assert np.isfinite(tape.gradient(total, x)).all()


def test_loud_half_precision_does_not_overflow():
    x = np.array([[[300.0], [-300.0]]], "float16")  # 300^2 is above float16's 65504
    pooled = MaskedPooling("mean_deviation", dtype="float16")(x)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(pooled), [[0.0, 300.0]])


def test_an_unknown_statistic_is_refused():
    with pytest.raises(ValueError, match="`statistics` must be .* statistics='max'"):
        MaskedPooling("max")
