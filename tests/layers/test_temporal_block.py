"""Residual block, against its equation written in NumPy."""

import numpy as np
import pytest

from satn_keras.layers import TemporalBlock
from tests.layers.test_dilated_causal_conv1d import convolve
from tests.support.layer_contracts import numbers


def relu(x):
    return np.maximum(x, 0.0)


@pytest.mark.parametrize("num_convolutions", [1, 2, 3])
def test_the_output_is_the_residual_sum(num_convolutions):
    block = TemporalBlock(
        7, 3, 2, weight_normalization=False, num_convolutions=num_convolutions
    )
    x = numbers(2, 13, 5)
    y = block(x)
    residual = x
    for convolution in block.convolutions:
        weights = convolution.kernel.numpy(), convolution.bias.numpy()
        residual = relu(convolve(residual, *weights, 2))
    skip = x @ block.skip.kernel.numpy() + block.skip.bias.numpy()
    np.testing.assert_allclose(y, relu(skip + residual), rtol=1e-4, atol=1e-5)


def test_equal_widths_skip_without_weights():
    block = TemporalBlock(5, 3, 2)
    x = numbers(2, 13, 5)
    block.build(x.shape)
    for convolution in block.convolutions:
        convolution.g.assign(np.zeros(5))
    np.testing.assert_allclose(block(x), relu(x))


@pytest.mark.parametrize(
    ("kernel_size", "dilation_rate", "num_convolutions", "frames"),
    [(3, 4, 2, 17), (3, 4, 1, 9), (2, 1, 2, 3), (1, 8, 2, 1)],
)
def test_the_first_moved_frame_is_the_changed_one_and_the_last_ends_the_field(
    kernel_size, dilation_rate, num_convolutions, frames
):
    block = TemporalBlock(
        31, kernel_size, dilation_rate, num_convolutions=num_convolutions
    )
    x = numbers(1, 37, 5)
    changed = x.copy()
    changed[:, 11] += 3.0
    moved = np.flatnonzero(np.abs(block(x) - block(changed)).max(axis=(0, 2)))
    assert block.receptive_field == frames
    assert (moved[0], moved[-1]) == (11, 11 + frames - 1)


def test_dropout_drops_in_training_alone():
    block = TemporalBlock(7, 3, 2, dropout=0.5)
    x = numbers(2, 13, 5)
    np.testing.assert_array_equal(block(x), block(x, training=False))
    assert np.abs(block(x) - block(x, training=True)).max() > 0


def test_the_same_seed_drops_the_same_units():
    x = numbers(2, 13, 5)
    first, second, other = (TemporalBlock(7, 3, 2, seed=seed) for seed in (3, 3, 4))
    for block in (first, second, other):
        block.build(x.shape)
        block.set_weights(first.get_weights())
    expected = first(x, training=True)
    np.testing.assert_array_equal(second(x, training=True), expected)
    assert np.abs(other(x, training=True) - expected).max() > 0


def test_the_two_dropouts_of_a_seeded_block_drop_different_units():
    first, second = TemporalBlock(7, 3, 2, dropout=0.5, seed=3).dropouts
    ones = np.ones((2, 13, 7), "float32")
    assert np.abs(first(ones, training=True) - second(ones, training=True)).max() > 0


def test_the_dtype_of_the_block_is_that_of_its_parts():
    block = TemporalBlock(7, 3, 2, dtype="mixed_float16")
    y = block(numbers(2, 13, 5))
    assert y.dtype == "float16"
    assert block.skip.compute_dtype == block.convolutions[0].compute_dtype == "float16"


def test_no_convolution_is_refused():
    with pytest.raises(ValueError, match="`num_convolutions` must be at least 1"):
        TemporalBlock(7, 3, 2, num_convolutions=0)


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [((0, 3, 2), "`filters`"), ((7, 0, 2), "`kernel_size`"), ((7, 3, 0), "`dilation_")],
)
def test_sizes_below_one_are_refused_by_name(arguments, rule):
    with pytest.raises(ValueError, match=f"{rule}.* must be at least 1"):
        TemporalBlock(*arguments)


def test_normalization_is_of_the_true_frames_of_the_batch():
    block = TemporalBlock(
        7,
        3,
        2,
        dropout=0.0,
        weight_normalization=False,
        num_convolutions=1,
        batch_normalization=True,
    )
    x, mask = numbers(2, 13, 5), np.arange(13) < np.array([[13], [4]])
    x[~mask] = 99.0
    y = block(x, mask=mask, training=True)
    (convolution,) = block.convolutions
    weights = convolution.kernel.numpy(), convolution.bias.numpy()
    convolved = convolve(x, *weights, 2)
    heard = convolved[mask]  # (true frames, channels)
    residual = relu((convolved - heard.mean(0)) / np.sqrt(heard.var(0) + 1e-3))
    skip = x @ block.skip.kernel.numpy() + block.skip.bias.numpy()
    np.testing.assert_allclose(y[mask], relu(skip + residual)[mask], atol=1e-4)
    (normalization,) = block.normalizations
    np.testing.assert_allclose(
        normalization.moving_mean, 0.01 * heard.mean(0), rtol=1e-4, atol=1e-6
    )
