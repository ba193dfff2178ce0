"""Masks and crops stay within the utterance and follow their seed."""

import numpy as np
import pytest
import tensorflow as tf

from satn_keras.config import AugmentationConfig
from satn_keras.pipelines.augmentation import draw_masks, random_crop, spec_augment

ROWS, FRAMES, BANDS = 400, 53, 11
LENGTHS = np.random.default_rng(1).integers(1, FRAMES + 1, ROWS).astype("int32")
ONES = tf.ones((ROWS, FRAMES, BANDS, 3))
TIME = AugmentationConfig(time_masks=1, time_mask_width=7)
FREQUENCY = AugmentationConfig(frequency_masks=1, frequency_mask_width=4)
BOTH = AugmentationConfig(
    time_masks=2, time_mask_width=7, frequency_masks=3, frequency_mask_width=2
)


def hidden(config, seed=1):
    """(rows, frames, bands), where the features became zero in all channels."""
    draws = tf.stack([draw_masks(config, (seed, row)) for row in range(ROWS)])
    features = spec_augment(ONES, tf.constant(LENGTHS), config, draws)
    assert set(np.unique(features)) <= {0.0, 1.0}
    zero = features.numpy() == 0
    assert (zero.any(axis=-1) == zero.all(axis=-1)).all()
    return zero[..., 0]


def test_a_time_mask_is_one_stretch_of_true_frames_and_at_most_a_fifth():
    mask = hidden(TIME)
    assert (mask.any(axis=2) == mask.all(axis=2)).all()  # whole frames
    widths = []
    for row, length in zip(mask[:, :, 0], LENGTHS, strict=True):
        places = np.flatnonzero(row)
        widths.append(len(places))
        assert len(places) <= min(7, length // 5)
        if len(places):
            assert places[-1] < length
            assert places[-1] - places[0] == len(places) - 1
    assert {0, 7} <= set(widths)  # both bounds are reached


def test_time_masks_reach_both_ends_of_the_utterance():
    mask = hidden(TIME)[:, :, 0]
    assert mask[:, 0].any()
    assert mask[np.arange(ROWS), LENGTHS - 1].any()


def test_a_frequency_mask_is_one_stretch_of_bands():
    mask = hidden(FREQUENCY)
    assert (mask.any(axis=1) == mask.all(axis=1)).all()  # all frames
    counts = mask[:, 0].sum(axis=1)
    assert set(counts) == {0, 1, 2, 3, 4}
    for row in mask[:, 0]:
        places = np.flatnonzero(row)
        assert len(places) < 2 or places[-1] - places[0] == len(places) - 1
    assert mask[:, 0].any(axis=0).all()  # every band has its turn


def test_a_frequency_mask_wider_than_the_features_fits_them():
    wide = AugmentationConfig(frequency_masks=1, frequency_mask_width=99)
    counts = hidden(wide)[:, 0].sum(axis=1)
    assert counts.max() == BANDS


def test_many_masks_hide_at_most_their_number_times_their_width():
    mask = hidden(BOTH)
    whole_frames, whole_bands = mask.all(axis=2), mask.all(axis=1)
    assert whole_frames.sum(axis=1).max() <= 2 * 7
    assert whole_bands.sum(axis=1).max() <= 3 * 2
    union = whole_frames[:, :, np.newaxis] | whole_bands[:, np.newaxis, :]
    np.testing.assert_array_equal(mask, union)
    assert 2 < whole_bands.sum(axis=1).max()  # the masks are not one and the same


def test_the_same_seed_draws_the_same_masks_and_another_seed_others():
    np.testing.assert_array_equal(hidden(BOTH), hidden(BOTH))
    assert (hidden(BOTH) != hidden(BOTH, seed=2)).any()


def test_each_utterance_draws_its_own_masks():
    whole = np.full(ROWS, FRAMES, "int32")
    draws = tf.stack([draw_masks(TIME, (1, row)) for row in range(ROWS)])
    features = spec_augment(ONES, tf.constant(whole), TIME, draws)
    assert len(np.unique(features[:, :, 0, 0], axis=0)) > 50


def test_without_masks_nothing_changes():
    assert not hidden(AugmentationConfig()).any()


@pytest.mark.parametrize("length", [1, 7, 16, 17])
def test_a_crop_is_a_stretch_from_anywhere(length):
    frames = tf.reshape(tf.range(17), (17, 1, 1))
    starts = set()
    for seed in range(200):
        crop, start = random_crop(frames, length, tf.constant([seed, 5]))
        crop = crop.numpy().ravel()
        assert crop.tolist() == list(range(start, start + length))
        starts.add(int(start))
    assert starts == set(range(17 - length + 1))


def test_a_crop_of_a_short_utterance_is_all_of_it():
    frames = tf.reshape(tf.range(5), (5, 1, 1))
    crop, start = random_crop(frames, 6, tf.constant([1, 2]))
    np.testing.assert_array_equal(crop, frames)
    assert start == 0


def test_the_same_seed_crops_the_same_place():
    frames, seed = tf.range(1000), tf.constant([3, 4])
    (one, _), (two, _) = random_crop(frames, 10, seed), random_crop(frames, 10, seed)
    np.testing.assert_array_equal(one, two)
