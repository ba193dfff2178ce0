"""Weighted pooling, against its equation written in NumPy."""

import keras
import numpy as np

from satn_keras.layers import AttentionPooling, lengths_to_mask
from tests.support.layer_contracts import numbers

FRAMES, LENGTHS = numbers(3, 11, 5), [11, 6, 1]
MASK = lengths_to_mask(LENGTHS, 11)


def pool(frames, score):
    """Weighted mean and weights of one utterance, in float64."""
    scores = frames.astype("float64") @ score
    alpha = np.exp(scores) / np.exp(scores).sum()
    return alpha @ frames, alpha


def test_pooling_follows_the_equation_over_true_frames():
    layer, score = AttentionPooling(), numbers(5)
    layer.build(FRAMES.shape)
    layer.set_weights([score])
    pooled, weights = layer(FRAMES, mask=MASK)
    for i, length in enumerate(LENGTHS):
        expected = pool(FRAMES[i, :length], score)
        np.testing.assert_allclose(pooled[i], expected[0], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(weights[i, :length], expected[1], rtol=1e-4)
        np.testing.assert_array_equal(weights[i, length:], 0.0)


def test_two_frames_by_hand():
    layer = AttentionPooling()
    memory = np.array([[[0.0, 8.0], [1.0, 4.0]]], dtype="float32")
    layer.build(memory.shape)
    layer.score.assign([np.log(3.0), 0.0])  # scores 0 and ln 3: weights 1/4 and 3/4
    pooled, weights = layer(memory)
    np.testing.assert_allclose(weights, [[0.25, 0.75]], rtol=1e-6)
    np.testing.assert_allclose(pooled, [[0.75, 5.0]], rtol=1e-6)


def test_the_score_is_one_vector_without_a_bias():
    layer = AttentionPooling()
    layer.build(FRAMES.shape)
    assert [tuple(weight.shape) for weight in layer.weights] == [(5,)]


def test_an_attached_mask_is_heeded():
    masked = keras.layers.Masking(mask_value=0.0)
    silent = np.array([[[1.0], [2.0], [0.0]]], dtype="float32")
    _, weights = AttentionPooling()(masked(silent))
    assert float(weights[0, 2]) == 0.0
