"""Teacher's maps of many utterances, brought along by their batches."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class MapStore:
    """Teacher's maps of the rows of a `FeatureStore`.

    Attributes:
        frames: (frames of the rows kept, one row after another, pairs), float32; an
            array or a memory map, which stays on the disk.
        lengths: (rows,), frames of each row.
        kept: (rows,), bool, which of them are kept.
    """

    frames: np.ndarray
    lengths: np.ndarray
    kept: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        """(rows,), first frame of each row in `frames`; of no meaning if not kept."""
        lengths = np.where(self.kept, self.lengths, 0)
        return np.cumsum(lengths) - lengths

    def make_inputs(self) -> Callable:
        """What makes the further inputs of a batch, a `Batcher`'s `more_inputs`.

        Of rows (batch,), the first frame of each, their lengths and the padded length
        it makes "teacher_map", float32 (batch, frames, pairs), with zeros beyond an
        utterance's end and where it is not kept; and, unless all rows are kept,
        "teacher_map_missing", bool (batch,), which says where.
        """
        fetch, kept = self._fetch(), tf.constant(self.kept)
        first = tf.constant(self.starts)

        def inputs(rows, starts, lengths, padded):
            own = tf.gather(kept, rows)
            places = tf.gather(first, rows) + tf.cast(starts, tf.int64)
            lengths = tf.where(own, tf.cast(lengths, tf.int64), 0)
            maps = {"teacher_map": fetch(places, lengths, padded)}
            return maps if self.kept.all() else {**maps, "teacher_map_missing": ~own}

        return inputs

    def _fetch(self):
        """From places in `frames`, lengths and frames of their batch to its maps."""
        if isinstance(self.frames, np.memmap):
            return self._read
        with tf.device("CPU:0"):  # an accelerator's memory is for the models
            frames = tf.constant(self.frames)

        def gather(places, lengths, padded):
            place = tf.range(tf.cast(padded, tf.int64))[tf.newaxis]
            true = place < lengths[:, tf.newaxis]
            place = tf.where(true, place + places[:, tf.newaxis], 0)
            return tf.where(true[..., tf.newaxis], tf.gather(frames, place), 0.0)

        return gather

    def _read(self, places, lengths, padded):
        pairs = self.frames.shape[-1]

        def read(places, lengths, padded):
            maps = np.zeros((len(places), padded, pairs), "float32")
            for map, place, length in zip(maps, places, lengths, strict=True):
                map[:length] = self.frames[place : place + length]
            return maps

        maps = tf.numpy_function(read, [places, lengths, padded], tf.float32)
        return tf.ensure_shape(maps, (None, None, pairs))
