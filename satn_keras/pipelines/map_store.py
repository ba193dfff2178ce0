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

    def beside(self, targets: Callable) -> Callable:
        """Targets as a `Batcher` takes them, with the maps as further inputs.

        "teacher_map", (batch, frames, pairs), has zeros beyond an utterance's end and
        where it is not kept; "teacher_map_missing", (batch,), says where, unless all
        rows are kept.
        """
        fetch, kept = self._fetch(), tf.constant(self.kept)

        def with_maps(rows, lengths, padded):
            extra, *rest = targets(rows, lengths, padded)
            own = tf.gather(kept, rows)
            extra = {**extra, "teacher_map": fetch(rows, padded)}
            if not self.kept.all():
                extra["teacher_map_missing"] = ~own
            return extra, *rest

        return with_maps

    def _fetch(self):
        """From rows and frames of their batch to its maps."""
        if isinstance(self.frames, np.memmap):
            return self._read
        starts, lengths = self.starts, np.where(self.kept, self.lengths, 0)
        with tf.device("CPU:0"):  # an accelerator's memory is for the models
            frames = tf.constant(self.frames)
            starts, lengths = tf.constant(starts), tf.constant(lengths)

        def gather(rows, padded):
            place = tf.range(tf.cast(padded, tf.int64))[tf.newaxis]
            true = place < tf.gather(lengths, rows)[:, tf.newaxis]
            place = tf.where(true, place + tf.gather(starts, rows)[:, tf.newaxis], 0)
            return tf.where(true[..., tf.newaxis], tf.gather(frames, place), 0.0)

        return gather

    def _read(self, rows, padded):
        starts, pairs = self.starts, self.frames.shape[-1]

        def read(rows, padded):
            maps = np.zeros((len(rows), padded, pairs), "float32")
            for map, row in zip(maps, rows, strict=True):
                length = self.lengths[row] if self.kept[row] else 0
                map[:length] = self.frames[starts[row] : starts[row] + length]
            return maps

        maps = tf.numpy_function(read, [rows, padded], tf.float32)
        return tf.ensure_shape(maps, (None, None, pairs))
