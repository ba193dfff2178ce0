"""A shard is a plain TFRecord file of `tf.train.Example`."""

import numpy as np
import pytest
import tensorflow as tf

from satn_keras.pipelines.shard_records import ShardWriter, decode_features, read_record

FRAMES = (3, 11, 1)


def features_of(frames):
    size = (frames, 5, 2)
    return np.random.default_rng(frames).standard_normal(size).astype("float32")


@pytest.fixture
def shard(tmp_path):
    """Path of a shard of three records, and their places."""
    path = tmp_path / "shard.tfrecord"
    with ShardWriter(path) as writer:
        places = [
            writer.write(f"key-{frames}ł", 0.9, features_of(frames))
            for frames in FRAMES
        ]
    return path, places


def test_tensorflow_alone_reads_what_was_written(shard):
    path, _ = shard
    records = list(tf.data.TFRecordDataset(str(path)).as_numpy_iterator())
    assert len(records) == len(FRAMES)
    for record, frames in zip(records, FRAMES, strict=True):
        fields = tf.train.Example.FromString(record).features.feature
        assert fields["key"].bytes_list.value[0].decode() == f"key-{frames}ł"
        assert fields["speed"].float_list.value[0] == np.float32(0.9)
        assert fields["frames"].int64_list.value[0] == frames
        values = np.frombuffer(fields["features"].bytes_list.value[0], "<f4")
        np.testing.assert_array_equal(values, features_of(frames).ravel())


def test_a_record_read_at_its_place_is_the_one_read_in_its_turn(shard):
    path, places = shard
    records = tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    for place, record in zip(places, records, strict=True):
        assert read_record(path, *place) == record
    assert sum(places[-1]) == path.stat().st_size


def test_features_come_back_bit_for_bit(shard):
    path, places = shard
    for place, frames in zip(places, FRAMES, strict=True):
        decoded = decode_features(tf.constant(read_record(path, *place)), 5, 2)
        np.testing.assert_array_equal(decoded.numpy(), features_of(frames))


def test_a_place_where_no_record_begins_is_refused(shard):
    path, places = shard
    offset, size = places[1]
    for place in ((offset + 1, size), (offset, size + 1), (offset + 10**6, size)):
        with pytest.raises(OSError, match=r"shard\.tfrecord: no record of .* begins"):
            read_record(path, *place)
