"""Grids of few lengths, and what padding to them costs."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from satn_keras.pipelines.padding import length_grid, pad_frames

lengths_of_corpora = st.lists(st.integers(1, 60_000), min_size=1, max_size=60)


@given(lengths_of_corpora, st.integers(1, 9))
@settings(deadline=None)
def test_every_length_is_within_one_of_a_few(lengths, most):
    grid = length_grid(np.array(lengths), most)
    assert 1 <= len(grid) <= most
    assert set(grid) <= set(lengths)
    assert grid[-1] == max(lengths)


@given(lengths_of_corpora, st.integers(1, 9))
@settings(deadline=None)
def test_no_length_of_the_grid_stands_for_more_than_its_share_and_one(lengths, most):
    grid = length_grid(np.array(lengths), most)
    rounded = [next(end for end in sorted(grid) if end >= each) for each in lengths]
    for end in grid:
        below = [
            length
            for length, padded in zip(lengths, rounded, strict=True)
            if padded == end and length < end
        ]
        assert sum(below) <= sum(lengths) / most


def test_a_cropped_corpus_is_padded_to_nothing_but_the_crop():
    assert length_grid(np.full(97, 300)).tolist() == [300]


def test_eight_lengths_cost_few_frames_where_lengths_spread_like_speech():
    rng = np.random.default_rng(3)
    lengths = np.clip(rng.lognormal(np.log(450), 0.6, 5000), 50, 3400).astype(int)
    grid = length_grid(lengths)
    batches = np.sort(lengths).reshape(-1, 25).max(axis=1)  # of like length
    padded, bare = grid[np.searchsorted(grid, batches)].sum(), batches.sum()
    assert len(grid) == 8
    assert padded < 1.3 * bare


@pytest.mark.parametrize(("lengths", "most"), [([], 2), ([5, 0], 2), ([5], 0)], ids=str)
def test_a_grid_needs_lengths(lengths, most):
    with pytest.raises(ValueError, match="at least one length.*Received"):
        length_grid(np.array(lengths, int), most)


@pytest.mark.parametrize(
    ("frames", "padded"), [(1, 40), (40, 40), (41, 100), (101, 101)]
)
def test_a_batch_gets_zero_frames_behind(frames, padded):
    spec = tf.TensorSpec([None, None, 3, 2])

    @tf.function(input_signature=[spec])
    def pad(features):
        return pad_frames(features, np.array([40, 100]))

    features = np.random.default_rng(1).normal(size=(2, frames, 3, 2))
    found = pad(features.astype("float32")).numpy()
    assert found.shape == (2, padded, 3, 2)
    np.testing.assert_array_equal(found[:, :frames], features.astype("float32"))
    assert not found[:, frames:].any()
