"""Statistics by learned weights are numpy's weighted ones over true frames."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.models import AttentiveStatistics
from tests.support.layer_contracts import numbers

ROWS, FRAMES, CHANNELS, HEADS = 3, 11, 5, 2
X = numbers(ROWS, FRAMES, CHANNELS)
LENGTHS = (11, 1, 7)
MASK = np.arange(FRAMES) < np.array(LENGTHS)[:, np.newaxis]


def moments(frames, weights=None):
    mean = np.average(frames, axis=0, weights=weights)
    return mean, np.average((frames - mean) ** 2, axis=0, weights=weights)


def pooled_by_numpy(layer, frames):
    """Means of all heads, then their deviations, in float64."""
    hidden, bias, score = (w.astype("float64") for w in layer.get_weights())
    scores = np.tanh(frames @ hidden + bias) @ score
    weights = np.exp(scores) / np.exp(scores).sum(axis=0)
    found = [moments(frames), *(moments(frames, w) for w in weights.T)]
    # A head's mean stands before its deviation.
    return [(mean, np.sqrt(variance + 1e-5)) for mean, variance in found]


def test_every_head_has_numpys_weighted_mean_and_deviation_of_true_frames():
    layer = AttentiveStatistics(HEADS, units=3)
    pooled = keras.ops.convert_to_numpy(layer(X, mask=MASK))
    for row, length in enumerate(LENGTHS):
        heads = pooled_by_numpy(layer, X[row, :length].astype("float64"))
        expected = np.concatenate([np.concatenate(head) for head in heads])
        np.testing.assert_allclose(pooled[row], expected, rtol=1e-4, atol=1e-4)


def test_no_heads_leave_mean_and_deviation():
    pooled = AttentiveStatistics(heads=0)(X)
    expected = np.concatenate([X.mean(axis=1), X.std(axis=1)], axis=1)
    np.testing.assert_allclose(pooled, expected, rtol=1e-4, atol=1e-4)


def test_a_head_that_scores_one_frame_far_above_the_rest_hears_it_alone():
    layer = AttentiveStatistics(heads=1, units=1)
    layer.build((None, None, 1))
    hidden, bias, score = np.array([[9.0]]), np.zeros(1), np.array([[60.0]])
    layer.set_weights([hidden, bias, score])
    pooled = layer(np.array([[[-1.0], [2.0], [-3.0]]], "float32"))
    np.testing.assert_allclose(
        pooled[0], [-2 / 3, np.sqrt(38 / 9), 2.0, np.sqrt(1e-5)], atol=5e-3
    )


def test_constant_features_have_a_finite_gradient():
    x = tf.ones((1, 4, 2))
    layer = AttentiveStatistics(1)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(layer(x))
    assert np.isfinite(tape.gradient(total, x)).all()


@pytest.mark.parametrize("sizes", [{"heads": -1}, {"units": 0}], ids=str)
def test_sizes_out_of_range_are_refused(sizes):
    with pytest.raises(ValueError, match=r"`heads` must not be negative.*Received"):
        AttentiveStatistics(**sizes)
