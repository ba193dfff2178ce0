"""Voiced frames reach the network as targets of the frames they belong to."""

import numpy as np
import pytest
import tensorflow as tf

from satn_keras.config import StudentTrainingConfig
from satn_keras.pipelines import Batcher, VoicedFrames, voiced_targets
from satn_keras.pipelines.voicing import with_a_segment
from tests.pipelines.small_stores import front_end, numbered_store

LENGTHS = (5, 2, 9)
LABELS = np.array([1, 0, 2])


def voicing(features):
    """Rises from 0.1 by 0.1 a frame."""
    return 0.1 * features[:, 0, 1]


def voiced_of(store, threshold=0.45):
    return VoicedFrames.of(store, voicing, threshold)


@pytest.mark.parametrize(
    ("voiced", "expected"),
    [
        ("0111", "0111"),
        ("11011011", "11111111"),
        ("000", "111"),
        ("11", "11"),
        ("0", "1"),
        ("1100111", "1100111"),
    ],
)
def test_without_a_segment_of_three_frames_all_frames_count_as_voiced(voiced, expected):
    flags = np.array([one == "1" for one in voiced])
    assert "".join("01"[int(one)] for one in with_a_segment(flags)) == expected


def test_frames_above_the_threshold_are_voiced():
    voiced = voiced_of(numbered_store(LENGTHS))
    np.testing.assert_array_equal(voiced.lengths, LENGTHS)
    # One frame of five above 0.45 makes no segment; of nine, frames 5 to 9 do.
    np.testing.assert_array_equal(voiced.flags, [1] * 5 + [1] * 2 + [0] * 4 + [1] * 5)


def test_targets_are_the_label_where_voiced_and_tell_unvoiced_from_padding():
    store = numbered_store(LENGTHS)
    targets = voiced_targets(LABELS, voiced_of(store))
    extra, truth = targets(tf.constant([2, 1], tf.int64), tf.constant([9, 2]), 10)
    assert extra == {}
    np.testing.assert_array_equal(truth, [[0] * 4 + [3] * 5 + [-1], [1, 1] + [-1] * 8])


def test_a_frame_that_the_header_promised_and_the_file_lacks_is_unvoiced():
    targets = voiced_targets(LABELS, voiced_of(numbered_store(LENGTHS)))
    _, truth = targets(tf.constant([1, 2], tf.int64), tf.constant([3, 10]), 10)
    np.testing.assert_array_equal(truth[0], [1, 1, 0] + [-1] * 7)
    np.testing.assert_array_equal(truth[1], [0] * 4 + [3] * 5 + [0])


def test_batches_carry_each_row_s_own_frames_label_and_weight():
    store = numbered_store(LENGTHS * 2, utterances=3)  # at two speeds
    weights = np.array([0.5, 2.0, 3.0])
    targets = voiced_targets(LABELS, voiced_of(store), 2, weights)
    batcher = Batcher(store, front_end(), targets)
    whole = StudentTrainingConfig(segment_frames=None, batch_size=4)
    rows = []
    for inputs, truth, counts in batcher.training(whole, seed=1).dataset:
        for features, mask, frames, weight in zip(
            inputs["features"], inputs["mask"], truth.numpy(), counts, strict=True
        ):
            row = int(features[0, 0, 0]) - 1
            length = LENGTHS[row % 3]
            np.testing.assert_array_equal(frames >= 0, mask)
            place = np.arange(1, length + 1)
            voiced = place > 4.5 if length == 9 else np.ones(length, bool)
            expected = np.where(voiced, LABELS[row % 3] + 1, 0)
            np.testing.assert_array_equal(frames[:length], expected)
            assert weight == weights[LABELS[row % 3]]
            rows.append(row)
    assert sorted(rows) == list(range(6))
