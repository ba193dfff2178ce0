"""Training batches that can go on from any batch of any epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from satn_keras.pipelines.read_ahead import read_ahead

BatchesOf = Callable[[tf.Tensor, tf.Tensor], tf.data.Dataset]


class TrainingBatches:
    """Batches of one epoch after another.

    A pass over `dataset` is the epoch that `epoch` says, from its batch `batch` on.
    Set both before the pass begins; the same numbers give the same batches, in
    another process as well.

    Args:
        batches_of: from number of the epoch and of the first batch, scalar int64
            tensors, to a dataset of (rows of the batch, what the model takes ...).
        keys: of the utterances; row r is of the utterance r % len(keys).
        whole_batches_of: as `batches_of`, with the rows of all workers, whom
            `keys_of` then names; it names this worker's when absent.
    """

    def __init__(
        self,
        batches_of: BatchesOf,
        keys: Sequence[str],
        whole_batches_of: BatchesOf | None = None,
    ):
        self.epoch = 0
        self.batch = 0
        batches = self._named(batches_of).map(lambda rows, *batch: batch)
        self.dataset = read_ahead(batches)
        self._batches_of = batches_of
        self._keys = tuple(keys)
        self._whole_batches_of = whole_batches_of

    def has_more(self, epoch: int, batch: int) -> bool:
        """Whether an epoch has so many batches and another one."""
        rest = self._batches_of(*tf.constant([epoch, batch], tf.int64))
        return any(True for _ in read_ahead(rest.take(1)))

    @property
    def names_all(self) -> bool:
        """Whether `keys_of` names the utterances of all workers."""
        return self._whole_batches_of is not None

    def keys_of(self, batch: int) -> list[str]:
        """Keys of the utterances in a batch of the present epoch."""
        epoch, first = tf.constant([self.epoch, batch], tf.int64)
        named = (self._whole_batches_of or self._batches_of)(epoch, first)
        for rows, *_ in read_ahead(named.take(1)):
            keys = [self._keys[row % len(self._keys)] for row in rows.numpy()]
            return list(dict.fromkeys(keys))
        return []

    def _named(self, batches_of):
        def place():
            return np.asarray([self.epoch, self.batch], "int64")

        def read(_):  # when the pass begins, not when the dataset is made
            return tf.ensure_shape(tf.numpy_function(place, [], tf.int64), [2])

        places = tf.data.Dataset.range(1).map(read)
        return places.flat_map(lambda place: batches_of(place[0], place[1]))
