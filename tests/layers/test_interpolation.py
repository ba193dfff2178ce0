"""Interpolation of frame axes, against tables and NumPy."""

import numpy as np
import tensorflow as tf

from satn_keras.layers import interpolate_frames


def test_equal_lengths_give_the_values_back_exactly():
    x = np.random.default_rng(1).random((3, 11)).astype("float32")
    y = interpolate_frames(x, [11, 7, 1], [11, 7, 1], 11)
    expected = np.where(np.arange(11) < [[11], [7], [1]], x, 0)
    np.testing.assert_array_equal(y, expected)


def test_each_utterance_goes_to_its_own_length_as_numpy_interpolates():
    x = np.random.default_rng(2).random((2, 7)).astype("float32")
    y = interpolate_frames(x, [7, 5], [3, 11], 13).numpy()
    for row, n, m in ((0, 7, 3), (1, 5, 11)):
        centres = (np.arange(m) + 0.5) / m  # of the utterance's duration
        expected = np.interp(centres, (np.arange(n) + 0.5) / n, x[row, :n])
        np.testing.assert_allclose(y[row, :m], expected, rtol=1e-5)
        np.testing.assert_array_equal(y[row, m:], 0.0)


def test_a_steady_line_stays_a_line_between_the_outer_centres():
    line = np.arange(4, dtype="float32")[None]
    y = interpolate_frames(line, [4], [8], 8)
    np.testing.assert_array_equal(y, [[0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]])


def test_the_axis_may_be_the_last_of_three():
    x = np.array([[[2.0, 6.0], [1.0, 5.0]]], dtype="float32")
    y = interpolate_frames(x, [2], [4], 5, axis=2)
    np.testing.assert_array_equal(y, [[[2, 3, 5, 6, 0], [1, 2, 4, 5, 0]]])


def test_no_true_frame_gives_zeros():
    y = interpolate_frames(np.ones((2, 3), "float32"), [0, 3], [2, 0], 2)
    np.testing.assert_array_equal(y, [[1, 1], [0, 0]])


def test_frames_unknown_when_traced_are_found_when_run():
    @tf.function(input_signature=[tf.TensorSpec([None, None]), tf.TensorSpec([])])
    def stretch(x, frames):
        return interpolate_frames(x, [2], [4], tf.cast(frames, "int32"))

    y = stretch(tf.constant([[0.0, 4.0, 9.0]]), 5.0)
    np.testing.assert_array_equal(y, [[0, 1, 3, 4, 0]])
