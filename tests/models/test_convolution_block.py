"""Convolution blocks, against SciPy's correlation and counts made by hand."""

import numpy as np
import pytest
from scipy.signal import correlate

from satn_keras.layers import lengths_to_mask
from satn_keras.models import ConvolutionBlock
from tests.models.small_networks import stirred
from tests.support.layer_contracts import numbers


def built(shape, *arguments, **named):
    block = ConvolutionBlock(*arguments, **named)
    block.build((None, *shape[1:]))
    return stirred(block)


def convolve(x, kernel, bias):
    """Valid convolution of (frames, bands, channels), filter by filter."""
    filters = np.moveaxis(kernel.astype("float64"), -1, 0)
    maps = [correlate(x, each, "valid")[..., 0] for each in filters]
    return np.stack(maps, -1) + bias


def test_a_block_is_convolution_normalization_leaky_relu_and_pooling():
    x = numbers(1, 11, 7, 3)
    block = built(
        x.shape, 5, (4, 2), "valid", (2, 3), negative_slope=0.1, initial_bias=0.2
    )
    kernel, bias = block.convolution.get_weights()
    gamma, beta, mean, variance = block.normalization.get_weights()
    np.testing.assert_allclose(bias, 0.2)
    y = convolve(x[0].astype("float64"), kernel, bias)  # 8 x 6
    y = gamma * (y - mean) / np.sqrt(variance + 1e-3) + beta
    y = np.where(y > 0, y, 0.1 * y)
    y = y.reshape(4, 2, 2, 3, 5).max(axis=(1, 3))  # pools of 2 frames, 3 bands
    actual, mask = block(x)
    np.testing.assert_allclose(actual[0], y, rtol=1e-4, atol=1e-5)
    assert np.array(mask).all()


def test_same_padding_keeps_frames_and_bands():
    x, mask = ConvolutionBlock(3, (5, 3))(numbers(2, 11, 7, 5))
    assert tuple(x.shape) == (2, 11, 7, 3)
    assert tuple(mask.shape) == (2, 11)


def test_valid_blocks_have_the_sizes_of_the_deep_spectrum_networks():
    x, mask, shapes = numbers(1, 500, 40, 1), None, []
    for kernel in (8, 5, 3):
        block = ConvolutionBlock(1, (kernel, kernel), "valid", (2, 2))
        x, mask = block(x, mask=mask)
        shapes.append(tuple(x.shape[1:3]))
    # 493 x 33 -> 246 x 16 -> 242 x 12 -> 121 x 6 -> 119 x 4 -> 59 x 2
    assert shapes == [(246, 16), (121, 6), (59, 2)]


@pytest.mark.parametrize(
    ("padding", "true", "left"),
    # A kernel of 5 frames, then a pool of 2: floor((n - 4) / 2), or floor(n / 2).
    [
        ("valid", [17, 12, 7, 6, 5, 1], [6, 4, 1, 1, 1, 1]),
        ("same", [17, 12, 7, 3, 2, 1], [8, 6, 3, 1, 1, 1]),
    ],
)
def test_the_mask_follows_kernel_and_pool(padding, true, left):
    x = numbers(6, 17, 3)
    block = built(x.shape, 2, (5,), padding, (2,))
    y, mask = block(x, mask=lengths_to_mask(true, 17))
    np.testing.assert_array_equal(np.sum(mask, axis=1), left)
    padded = np.array(y)[~np.array(mask)]
    np.testing.assert_array_equal(padded, 0.0)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("length", [1, 2, 4, 5, 6])
def test_a_short_utterance_is_heard_as_if_silence_followed(padding, length):
    x = numbers(1, length, 7, 3)
    block = built(x.shape, 5, (5, 2), padding, (3, 2))
    alone, mask = block(x)
    beside = np.concatenate([x, 9 * numbers(1, 13, 7, 3)], axis=1)
    expected, _ = block(beside, mask=lengths_to_mask([length], length + 13))
    frames = int(np.sum(mask))
    assert frames == max(1, (length - 4 * (padding == "valid")) // 3)
    np.testing.assert_allclose(
        alone[:, :frames], expected[:, :frames], rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("bands", [(), (7,)])
def test_in_training_padded_frames_leave_the_moments_alone(bands):
    x = numbers(1, 11, *bands, 3)
    padded = np.concatenate([x, 9 * numbers(1, 5, *bands, 3)], axis=1)
    kernel = (4, 2)[: 1 + len(bands)]
    block, other = (built(x.shape, 5, kernel) for _ in range(2))
    other.set_weights(block.get_weights())
    alone, _ = block(x, training=True)
    beside, _ = other(padded, mask=lengths_to_mask([11], 16), training=True)
    np.testing.assert_allclose(beside[:, :11], alone, rtol=1e-4, atol=1e-5)
    for a, b in zip(block.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-5)


def test_in_training_the_moments_are_numpys_over_true_frames():
    x, lengths = numbers(2, 11, 7, 3), (11, 4)
    block = built(x.shape, 2, (1, 1))  # a kernel of one cell mixes channels alone
    kernel, bias = block.convolution.get_weights()
    *_, mean, variance = block.normalization.get_weights()
    block(x, mask=lengths_to_mask(lengths, 11), training=True)
    true = np.concatenate([row[:n] for row, n in zip(x, lengths, strict=True)])
    convolved = true.reshape(-1, 3) @ kernel[0, 0] + bias
    *_, new_mean, new_variance = block.normalization.get_weights()
    np.testing.assert_allclose(
        new_mean, 0.99 * mean + 0.01 * convolved.mean(0), rtol=1e-5
    )
    np.testing.assert_allclose(
        new_variance, 0.99 * variance + 0.01 * convolved.var(0), rtol=1e-5
    )


def test_dropout_leaves_padded_frames_zero_and_scales_the_rest():
    block = ConvolutionBlock(7, (1,), batch_normalization=False, dropout=0.5, seed=1)
    x = np.abs(numbers(1, 11, 3))
    expected, _ = block(x)
    dropped, _ = block(x, training=True)
    kept = np.array(dropped) != 0
    assert 0 < kept.sum() < (np.array(expected) > 0).sum()
    np.testing.assert_allclose(dropped[kept], 2 * expected[kept], rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (((3, 3, 3),), "one or two axes"),
        (((3,), "same", (2, 2)), r"`pool_size` as many.*pool_size=\(2, 2\)"),
        (((0,),), r"at least 1.*kernel_size=\(0,\)"),
        (((3,), "causal"), "'same' or 'valid'.*'causal'"),
    ],
)
def test_impossible_arguments_are_refused(arguments, rule):
    with pytest.raises(ValueError, match=rule):
        ConvolutionBlock(5, *arguments)


def test_too_few_bands_are_refused():
    with pytest.raises(ValueError, match="5 bands and a pool of 2 leave none of the 5"):
        ConvolutionBlock(3, (5, 5), "valid", (2, 2))(numbers(1, 11, 5, 3))
