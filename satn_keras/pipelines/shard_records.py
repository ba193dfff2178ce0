"""One utterance's features as one record of a TFRecord shard."""

from __future__ import annotations

import os
import pathlib

import numpy as np
import tensorflow as tf

# What TFRecord puts around each record: length and its checksum before, checksum of
# the record after.
BEFORE, AFTER = 12, 4  # bytes

_FIELDS = {"features": tf.io.FixedLenFeature([], tf.string)}


class ShardWriter:
    """TFRecord file of features that knows where each record begins.

    Args:
        path: of the file.
    """

    def __init__(self, path: str | os.PathLike):
        self._writer = tf.io.TFRecordWriter(os.fspath(path))
        self._end = 0

    def write(self, key: str, speed: float, features: np.ndarray) -> tuple[int, int]:
        """Offset and bytes, framing included, of one more record.

        Args:
            key: of the utterance.
            speed: playback rate.
            features: (frames, bands, channels), float32.
        """
        record = encode(key, speed, features)
        self._writer.write(record)
        offset, size = self._end, BEFORE + len(record) + AFTER
        self._end += size
        return offset, size

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(self, *error) -> None:
        self._writer.close()


def encode(key: str, speed: float, features: np.ndarray) -> bytes:
    """`tf.train.Example` of `key`, `speed`, `frames` and `features`.

    The features are float32, little-endian, the channel changing fastest.
    """
    example = tf.train.Example()
    fields = example.features.feature
    fields["key"].bytes_list.value.append(key.encode())
    fields["speed"].float_list.value.append(speed)
    fields["frames"].int64_list.value.append(len(features))
    fields["features"].bytes_list.value.append(features.astype("<f4").tobytes())
    return example.SerializeToString(deterministic=True)


def decode_features(record: tf.Tensor, bands: int, channels: int) -> tf.Tensor:
    """(frames, bands, channels), float32, of a record, inside tf.data."""
    data = tf.io.parse_single_example(record, _FIELDS)["features"]
    return tf.reshape(tf.io.decode_raw(data, tf.float32), (-1, bands, channels))


def read_record(path: pathlib.Path, offset: int, size: int) -> bytes:
    """The record that begins at `offset` of the shard at `path`.

    Raises:
        OSError: if the shard cannot be read, or no such record begins there.
    """
    with open(path, "rb") as file:
        file.seek(offset)
        framed = file.read(size)
    length = int.from_bytes(framed[:8], "little")
    if len(framed) != size or length != size - BEFORE - AFTER:
        raise OSError(f"{path}: no record of {size} bytes begins at byte {offset}")
    return framed[BEFORE:-AFTER]
