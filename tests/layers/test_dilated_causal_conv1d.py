"""Dilated causal convolution, against its sum written in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.layers import DilatedCausalConv1D
from tests.support.layer_contracts import numbers


def convolve(x, kernel, bias, dilation_rate):
    """F(s) = sum_i f(i) x_{s - d i}; tap i = 0 is the kernel's last."""
    y = np.zeros((*x.shape[:2], kernel.shape[-1])) + bias
    for s in range(x.shape[1]):
        for i, tap in enumerate(kernel[::-1]):
            if s - dilation_rate * i >= 0:
                y[:, s] += x[:, s - dilation_rate * i] @ tap
    return y


@pytest.mark.parametrize("dilation_rate", [1, 2, 5])
@pytest.mark.parametrize("kernel_size", [1, 2, 3])
def test_the_output_is_the_equation_s_sum(kernel_size, dilation_rate):
    layer = DilatedCausalConv1D(7, kernel_size, dilation_rate, bias_initializer="ones")
    x = numbers(2, 13, 5)
    y = layer(x)
    expected = convolve(x, layer.kernel.numpy(), layer.bias.numpy(), dilation_rate)
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)


def test_it_computes_what_the_library_s_causal_convolution_computes():
    theirs = keras.layers.Conv1D(
        7, 3, padding="causal", dilation_rate=2, activation="relu"
    )
    ours = DilatedCausalConv1D(7, 3, dilation_rate=2, activation="relu")
    x = numbers(2, 13, 5)
    expected = theirs(x)
    ours.build(x.shape)
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(x), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("weight_normalization", [False, True])
def test_a_change_at_one_frame_reaches_its_receptive_field_and_nothing_else(
    weight_normalization,
):
    layer = DilatedCausalConv1D(7, 3, 4, weight_normalization=weight_normalization)
    x = numbers(1, 23, 5)
    changed = x.copy()
    changed[:, 11] += 1.0
    moved = np.abs(layer(x) - layer(changed)).max(axis=(0, 2)) > 0
    assert layer.receptive_field == 9
    np.testing.assert_array_equal(np.flatnonzero(moved), [11, 15, 19])


def test_weight_normalization_begins_at_the_initial_kernel():
    initializer = keras.initializers.HeNormal(seed=3)
    plain = DilatedCausalConv1D(7, 3, kernel_initializer=initializer)
    normalized = DilatedCausalConv1D(
        7, 3, kernel_initializer=initializer, weight_normalization=True
    )
    x = numbers(2, 13, 5)
    np.testing.assert_allclose(normalized(x), plain(x), rtol=1e-5, atol=1e-6)


def test_weight_normalization_is_g_times_v_over_its_norm():
    layer = DilatedCausalConv1D(7, 3, 2, use_bias=False, weight_normalization=True)
    x, v, g = numbers(2, 13, 5), numbers(3, 5, 7), numbers(7)
    layer.build(x.shape)
    layer.v.assign(v)
    layer.g.assign(g)
    kernel = v.copy()
    for filter_index in range(7):
        norm = np.linalg.norm(v[:, :, filter_index].ravel())
        kernel[:, :, filter_index] *= g[filter_index] / norm
    expected = convolve(x, kernel, 0.0, 2)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-4, atol=1e-5)


def test_the_length_of_v_changes_nothing():
    layer = DilatedCausalConv1D(7, 3, weight_normalization=True)
    x = numbers(2, 13, 5)
    before = layer(x)
    layer.v.assign(5.0 * layer.v)
    np.testing.assert_allclose(layer(x), before, rtol=1e-5, atol=1e-6)


def test_the_norm_of_v_may_exceed_the_range_of_float16():
    layer = DilatedCausalConv1D(7, 3, weight_normalization=True, dtype="mixed_float16")
    x = numbers(2, 13, 5)
    before = layer(x).numpy()
    layer.v.assign(1e6 * layer.v)
    np.testing.assert_allclose(layer(x), before, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("weight_normalization", [False, True])
def test_a_kernel_penalty_is_taken_of_the_kernel_that_convolves(weight_normalization):
    layer = DilatedCausalConv1D(
        7,
        3,
        kernel_initializer="ones",
        weight_normalization=weight_normalization,
        kernel_regularizer=keras.regularizers.L1(1.0),
    )
    layer(numbers(2, 13, 5))
    assert float(sum(layer.losses)) == pytest.approx(3 * 5 * 7, rel=1e-5)


def test_no_gradient_reaches_padded_frames_from_true_ones():
    layer = DilatedCausalConv1D(7, 3, 2)
    x = tf.constant(numbers(2, 13, 5))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(layer(x)[:, :8] ** 2)
    gradient = tape.gradient(loss, x).numpy()
    assert np.abs(gradient[:, :8]).min() > 0
    np.testing.assert_array_equal(gradient[:, 8:], 0.0)


def test_the_mask_passes_on():
    x = keras.layers.Masking()(np.ones((2, 3, 5), "float32"))
    assert DilatedCausalConv1D(7, 3)(x)._keras_mask.shape == (2, 3)


@pytest.mark.parametrize("argument", ["filters", "kernel_size", "dilation_rate"])
def test_sizes_below_one_are_refused_by_name(argument):
    sizes = {"filters": 7, "kernel_size": 3, "dilation_rate": 2, argument: 0}
    with pytest.raises(ValueError, match=f"`{argument}` must be at least 1.*=0"):
        DilatedCausalConv1D(**sizes)


def test_frames_whose_past_is_given_come_out_as_in_the_whole():
    layer = DilatedCausalConv1D(5, kernel_size=3, dilation_rate=2, activation="relu")
    x = np.random.default_rng(7).normal(size=(2, 17, 3)).astype("float32")
    whole = keras.ops.convert_to_numpy(layer(x))
    # Two taps back of two frames each are four frames of past.
    part = keras.ops.convert_to_numpy(layer.convolve(x[:, 6:]))
    np.testing.assert_allclose(part, whole[:, 10:], rtol=1e-5, atol=1e-6)
