"""Batches cut into what each replica trains on."""

from __future__ import annotations

import tensorflow as tf

from satn_keras.distribution.roles import role
from satn_keras.distribution.strategies import current_strategy


def share_bounds(rows: int, index: int, count: int) -> tuple[int, int]:
    """First row of a share of a batch, and the first after it.

    The shares of a batch are as alike as can be, in order, and none overlaps; one
    of a batch with fewer rows than shares may be empty. The last shares have the rows
    that are over, so that no share of a smaller batch is larger.

    Args:
        rows: of the batch; a number or a scalar integer tensor.
        index: of the share.
        count: shares.

    Example:
        >>> [share_bounds(7, index, 3) for index in range(3)]
        [(0, 2), (2, 4), (4, 7)]
    """
    return _start(rows, index, count), _start(rows, index + 1, count)


def _start(rows, index, count):
    """First row of a share; the last shares have the rows that are over."""
    late = index - (count - rows % count)
    return rows // count * index + (late + abs(late)) // 2


def own_share(*batch):
    """Rows of a batch that are of this worker, none if it has fewer than workers.

    Args:
        *batch: nested tensors (rows, ...).

    Returns:
        As `batch`, or its only element alone, as `tf.data.Dataset.map` takes it.

    Example:
        >>> own_share(tf.constant([2, 3, 5])).numpy()
        array([2, 3, 5], dtype=int32)
    """
    own = role()
    shares = _cut(batch, own.worker, own.workers)
    return shares if len(batch) > 1 else shares[0]


def distribute(batches: tf.data.Dataset, whole: bool = True):
    """Batches as Keras's `fit` takes them under the current strategy.

    Each replica has its share of each batch, and no row is in two shares. Keras would
    have every worker compute all rows, and refuses batches of changing size.

    Args:
        batches: the same number on every worker, of nested tensors (rows, ...).
        whole: whether a batch has the rows of all workers, of which each takes its
            own; else it has this worker's share alone, empty where there is none.

    Returns:
        `batches` itself under one replica, else a distributed dataset.

    Example:
        >>> batches = tf.data.Dataset.range(5).batch(3)
        >>> distribute(batches) is batches
        True
    """
    own = role()
    if own.replicas == 1:
        return batches
    first, count = 0, own.local_replicas
    if whole:
        first, count = own.worker * own.local_replicas, own.replicas
    indices = range(first, first + own.local_replicas)

    def cut(*batch):
        shares = tf.data.Dataset.from_tensor_slices(list(indices))
        return shares.map(lambda index: _cut(batch, index, count))

    def own_shares(_):
        return batches.flat_map(cut).prefetch(2 * own.local_replicas)

    return current_strategy().distribute_datasets_from_function(own_shares)


def _cut(batch, index, count):
    rows = tf.shape(tf.nest.flatten(batch)[0])[0]
    start, end = share_bounds(rows, index, count)
    return tf.nest.map_structure(lambda part: part[start:end], batch)
