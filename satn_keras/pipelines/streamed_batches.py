"""Batches of rows that are read one shard after another."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from satn_keras.pipelines.order import EpochOrder, share_size
from satn_keras.pipelines.shard_store import ShardStore


def streamed(
    store: ShardStore,
    order: EpochOrder,
    epoch: tf.Tensor,
    share: tuple[int, int],
    fetch: Callable,
) -> tf.data.Dataset:
    """Padded batches of like length, in the order in which the shards are read.

    Workers whose shards hold fewer rows end with batches that hold one row not to be
    counted, so that all have the same number.

    Args:
        store: of the rows.
        order: lengths in training, batch size and seed; its draws are used, and its
            buckets, its order is not.
        epoch: number of the epoch, scalar int64; read while the dataset runs.
        share: number of the worker, and how many there are.
        fetch: from features, row, draws and whether the row counts to the tensors
            that are padded, the features first.
    """
    draws = tf.numpy_function(lambda e: order.draws(int(e)), [epoch], tf.int64)
    draws = tf.ensure_shape(draws, [None, 2])
    size = share_size(order.batch_size, share)

    def counted(features, row):
        return fetch(features, row, draws[row], True)

    def stand_in(_):
        row = tf.constant(0, tf.int64)
        return fetch(store.fetch(row), row, draws[0], False)

    rows = store.stream(order.seed, epoch, share).map(counted, tf.data.AUTOTUNE)
    longest = [int(length) + 1 for length in order.longest]
    batches = _with_length(rows).bucket_by_sequence_length(
        lambda *element: element[-1], longest, [size] * (len(longest) + 1)
    )
    if share[1] == 1:
        return batches

    def missing(epoch):
        numbers = [
            _count_batches(store, order, int(epoch), (worker, share[1]))
            for worker in range(share[1])
        ]
        return np.int64(max(numbers) - numbers[share[0]])

    empty = tf.data.Dataset.range(tf.numpy_function(missing, [epoch], tf.int64))
    empty = _with_length(empty.map(stand_in))
    return batches.concatenate(empty.padded_batch(1))


def _count_batches(store, order, epoch, share):
    lengths = order.lengths[store.share_rows(order.seed, epoch, share)]
    in_bucket = np.bincount(np.searchsorted(order.longest, lengths))
    size = share_size(order.batch_size, share)
    return sum(math.ceil(number / size) for number in in_bucket)


def _with_length(dataset):
    return dataset.map(lambda *element: (*element, tf.shape(element[0])[0]))
