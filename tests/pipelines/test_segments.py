"""Segments are the loudest, whole, labelled as their utterance, each once."""

import numpy as np
import pytest
import tensorflow as tf

from satn_keras.distribution import slices
from satn_keras.distribution.roles import Role
from satn_keras.pipelines import SegmentBatcher
from satn_keras.pipelines.segments import loudest, segment_windows
from tests.pipelines.small_stores import BANDS, SPEAKERS, front_end, numbered_store

LENGTHS = (11, 3, 20, 7)
LABELS = np.array([2, 0, 1, 2])


def batcher_of(store=None, normalization="none", energy=None, **settings):
    """Batcher of segments of three frames, the later the louder."""
    return SegmentBatcher(
        store or numbered_store(LENGTHS),
        front_end(normalization),
        LABELS,
        energy or (lambda features: features[:, 0, 1]),
        **{"segment_frames": 3, "share": 0.3, **settings},
    )


def frames_of(segments):
    """(segments, segment_frames), the numbers of the frames, from 1."""
    return np.asarray(segments)[..., 0, 1].astype(int).tolist()


@pytest.mark.parametrize("segment_frames", [1, 2, 3, 5])
def test_the_segment_of_a_frame_lies_around_it_with_the_ends_held(segment_frames):
    numbers = np.arange(4)
    before = segment_frames // 2
    held = np.pad(numbers, (before, segment_frames - 1 - before), mode="edge")
    expected = np.lib.stride_tricks.sliding_window_view(held, segment_frames)
    np.testing.assert_array_equal(segment_windows(4, segment_frames), expected)


@pytest.mark.parametrize(
    ("frames", "share", "kept"),
    [(30, 0.1, 3), (31, 0.1, 4), (5, 0.1, 1), (1, 0.1, 1), (7, 1.0, 7), (10, 0.3, 3)],
)
def test_the_share_is_rounded_up(frames, share, kept):
    energy = tf.constant(np.random.default_rng(frames).random(frames), tf.float32)
    assert len(loudest(energy, share)) == kept


def test_of_equal_segments_the_earlier_are_kept():
    np.testing.assert_array_equal(loudest(tf.ones(10), 0.3), [0, 1, 2])


def test_segments_are_those_of_the_highest_mean_energy_in_order_of_time():
    # Frames 1 to 7; mean energy around frame 2 is (9 + 1 + 9) / 3, around 6 it is 7.
    energy = tf.constant([9.0, 1.0, 9.0, 0.0, 0.0, 8.0, 5.0])
    batcher = batcher_of(energy=lambda features: energy, share=2 / 7)
    assert frames_of(batcher.segments(3)) == [[1, 1, 2], [1, 2, 3]]
    batcher = batcher_of(energy=lambda features: energy, share=3 / 7)
    assert frames_of(batcher.segments(3)) == [[1, 1, 2], [1, 2, 3], [6, 7, 7]]


def test_an_utterance_shorter_than_a_segment_has_segments():
    segments = batcher_of(segment_frames=9, share=0.1).segments(1)
    assert frames_of(segments) == [[1, 1, 1, 2, 3, 3, 3, 3, 3]]


def test_the_energy_is_heard_before_normalisation():
    heard = []

    def energy(features):
        heard.append(np.asarray(features))
        return features[:, 0, 1]

    segments = batcher_of(normalization="utterance", energy=energy).segments(1)
    np.testing.assert_array_equal(heard[0][:, 0, 1], [1, 2, 3])
    # The last of 1, 2, 3 with the frame before it, normalised by hand.
    deviation = np.sqrt(2 / 3) + 1e-5
    np.testing.assert_allclose(
        segments[0, :, 0, 1], [0, 1 / deviation, 1 / deviation], rtol=1e-5
    )


def test_a_speaker_s_own_statistics_normalise_the_speaker_s_segments():
    store = numbered_store(LENGTHS)
    statistics = np.ones((len(SPEAKERS), 2, BANDS, 3))
    statistics[:, 0] = np.arange(3)[:, None, None]  # the speaker's number
    batcher = batcher_of(store, "speaker", speaker_statistics=statistics)
    last = [batcher.segments(row)[-1, 0, 0, 0] for row in range(4)]
    # Row r holds r + 1; rows 0 and 3 are of the first speaker.
    np.testing.assert_allclose(last, [1, 1, 1, 4], rtol=1e-4)


def segments_by_hand(rows):
    """(row, frames) of every kept segment: the last 30 % of the frames."""
    kept = []
    for row in rows:
        length = LENGTHS[row % 4]
        for middle in range(length - int(np.ceil(0.3 * length)) + 1, length + 1):
            kept.append((row, [middle - 1 or 1, middle, min(middle + 1, length)]))
    return kept


def test_an_epoch_has_each_segment_once_with_its_utterance_s_label():
    store = numbered_store(LENGTHS * 2, utterances=4)  # at two speeds
    weights = np.array([0.5, 2.0, 3.0])
    batches = batcher_of(store, class_weights=weights).training(5, seed=1)
    found = []
    for segments, labels, counts in batches.dataset:
        rows = segments[:, 0, 0, 0].numpy().astype(int) - 1
        np.testing.assert_array_equal(labels, LABELS[rows % 4])
        np.testing.assert_array_equal(counts, weights[labels])
        found += list(zip(rows.tolist(), frames_of(segments), strict=True))
    assert sorted(found) == sorted(segments_by_hand(range(8)))


def test_the_order_changes_with_the_epoch_and_is_drawn_by_the_seed():
    def epochs(seed):
        batches = batcher_of().training(100, seed)
        found = []
        for batches.epoch in (0, 1):
            found.append(frames_of(next(iter(batches.dataset))[0]))
        return found

    first, second = epochs(1)
    assert first != second
    assert sorted(map(str, first)) == sorted(map(str, second))
    assert epochs(1) == [first, second]
    assert epochs(2)[0] != first


def test_an_epoch_goes_on_from_any_of_its_batches():
    batches = batcher_of().training(4, seed=3)
    whole = [frames_of(segments) for segments, _ in batches.dataset]
    batches.batch = 2
    assert [frames_of(segments) for segments, _ in batches.dataset] == whole[2:]
    # Key r is that of the utterance whose frames carry the number r + 1.
    keys = [one.key for one in batcher_of().store.manifest]
    named = [keys[int(first) - 1] for first in first_values(batches, 2)]
    assert batches.keys_of(2) == list(dict.fromkeys(named))


def test_keys_name_the_utterances_of_a_batch_on_all_workers(monkeypatch):
    whole = batcher_of().training(4, seed=3).keys_of(2)
    monkeypatch.setattr(slices, "role", lambda: Role(1, 4, 4))
    batches = batcher_of().training(4, seed=3)
    assert len(first_values(batches, 2)) == 1
    assert batches.keys_of(2) == whole


def first_values(batches, batch):
    """First value of each segment of a batch, which tells its row."""
    batches.batch = batch
    return next(iter(batches.dataset))[0][:, 0, 0, 0].numpy()


def test_the_evaluation_has_the_utterances_at_normal_speed_in_order():
    store = numbered_store(LENGTHS * 2, utterances=4)
    found = []
    for segments, labels in batcher_of(store).evaluation(4):
        rows = segments[:, 0, 0, 0].numpy().astype(int) - 1
        np.testing.assert_array_equal(labels, LABELS[rows])
        found += list(zip(rows.tolist(), frames_of(segments), strict=True))
    assert found == segments_by_hand(range(4))


def test_each_utterance_comes_once_with_a_mask_of_its_true_segments():
    batches, order = batcher_of().by_utterance(batch_size=3)
    np.testing.assert_array_equal(order, [1, 3, 0, 2])  # by length
    rows = []
    for segments, mask in batches:
        np.testing.assert_array_equal(segments[~mask], 0)
        for one, real in zip(segments, mask.numpy(), strict=True):
            row = int(one[0, 0, 0, 0]) - 1
            expected = [frames for _, frames in segments_by_hand([row])]
            assert frames_of(one[real]) == expected
            rows.append(row)
    assert rows == order.tolist()
