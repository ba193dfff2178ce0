"""Right-padded batches and their masks, by hand."""

import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from satn_keras.layers import (
    frame_count,
    lengths_to_mask,
    masked_mean,
    masked_softmax,
)

MASK = np.array([[True, True, False], [False, False, False]])


def test_a_mask_made_from_lengths_counts_back_to_them():
    mask = lengths_to_mask([0, 2, 5], 5)
    assert mask.shape == (3, 5)
    np.testing.assert_array_equal(ops.convert_to_numpy(mask)[1], [1, 1, 0, 0, 0])
    np.testing.assert_array_equal(ops.convert_to_numpy(frame_count(mask)), [0, 2, 5])


def test_the_mean_leaves_out_padding_even_where_it_is_not_a_number():
    x = np.array([[[1.0, 4.0], [3.0, 8.0], [np.nan, np.inf]]], dtype="float32")
    mean = ops.convert_to_numpy(masked_mean(x, MASK[:1]))
    np.testing.assert_array_equal(mean, [[2.0, 6.0]])


def test_the_mean_of_no_true_frame_is_zero():
    mean = masked_mean(np.ones((2, 3, 5), "float32"), MASK)
    np.testing.assert_array_equal(ops.convert_to_numpy(mean)[1], np.zeros(5))


def test_the_mean_without_a_mask_takes_every_frame():
    x = np.array([[[1.0], [3.0], [8.0]]], dtype="float32")
    np.testing.assert_array_equal(ops.convert_to_numpy(masked_mean(x, None)), [[4.0]])


def test_the_mean_of_many_half_precision_frames_does_not_overflow():
    x = tf.fill((1, 1009, 1), tf.constant(100.0, tf.float16))
    mean = masked_mean(x, lengths_to_mask([997], 1009))
    assert mean.dtype == tf.float16
    assert float(mean[0, 0]) == 100.0


def test_the_softmax_gives_padded_keys_exactly_zero():
    scores = np.array([[0.0, np.log(3.0), 1e20]], dtype="float32")
    weights = ops.convert_to_numpy(masked_softmax(scores, MASK[:1]))
    np.testing.assert_allclose(weights, [[0.25, 0.75, 0.0]], rtol=1e-6)
    assert weights[0, 2] == 0.0


def test_the_softmax_of_no_true_key_is_zero_and_so_is_its_gradient():
    scores = tf.zeros((2, 3))
    with tf.GradientTape() as tape:
        tape.watch(scores)
        weights = masked_softmax(scores, MASK)
        total = tf.reduce_sum(weights**2)
    np.testing.assert_array_equal(weights[1], [0.0, 0.0, 0.0])
    np.testing.assert_array_equal(tape.gradient(total, scores)[1], [0.0, 0.0, 0.0])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_the_softmax_is_taken_in_float32(dtype):
    weights = masked_softmax(tf.zeros((1, 3), dtype), MASK[:1])
    assert weights.dtype == tf.float32


def test_the_softmax_normalizes_the_axis_it_is_given():
    scores = np.random.default_rng(1).random((2, 3, 5)).astype("float32")
    weights = masked_softmax(scores, None, axis=1)
    np.testing.assert_allclose(ops.sum(weights, axis=1), np.ones((2, 5)), rtol=1e-6)
