"""Groups of frames become the mean of their true members."""

import keras
import numpy as np
import pytest

from satn_keras.models import FramePooling
from tests.support.layer_contracts import numbers


@pytest.mark.parametrize("stride", [1, 2, 3, 19])
def test_each_group_is_the_mean_of_its_true_frames(stride):
    x, lengths = numbers(2, 17, 5), (17, 8)
    mask = np.arange(17) < np.array(lengths)[:, np.newaxis]
    pooled, pooled_mask = map(
        keras.ops.convert_to_numpy, FramePooling(stride)(x, mask=mask)
    )
    assert pooled.shape == (2, -(-17 // stride), 5)
    for row, length in enumerate(lengths):
        groups = [
            x[row, start : min(start + stride, length)].mean(axis=0)
            for start in range(0, length, stride)
        ]
        assert pooled_mask[row].tolist() == [
            group < len(groups) for group in range(pooled.shape[1])
        ]
        np.testing.assert_allclose(
            pooled[row, : len(groups)], groups, rtol=1e-5, atol=1e-6
        )


def test_without_a_mask_every_frame_is_true():
    pooled, mask = FramePooling(2)(np.array([[[1.0], [3.0], [8.0]]], "float32"))
    assert keras.ops.convert_to_numpy(pooled).ravel().tolist() == [2.0, 8.0]
    assert keras.ops.convert_to_numpy(mask).all()


def test_a_stride_below_one_is_refused():
    with pytest.raises(ValueError, match="`stride` must be at least 1. Received: 0"):
        FramePooling(0)
