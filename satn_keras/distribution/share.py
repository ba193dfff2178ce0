"""How much of a batch one replica has."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

import keras
import tensorflow as tf


class Share:
    """What one replica has of a batch.

    Attributes:
        rows: of this replica, scalar float; of one device where there is one replica.
        all_rows: of all replicas.
        part: share of this replica in the mean of the whole batch, or None where it
            is the only one.
    """

    def __init__(self, rows, all_rows, part=None):
        self.rows = rows
        self.all_rows = all_rows
        self.part = part

    @classmethod
    def of(cls, rows: tf.Tensor, measure: tf.Tensor) -> Share:
        """Share by `measure`, the number that the replica's loss is a mean over."""
        context = tf.distribute.get_replica_context()
        if context is None or context.num_replicas_in_sync == 1:
            return cls(rows, rows)  # no replica: Keras asks for shapes
        own = tf.stack([tf.cast(rows, "float32"), tf.cast(measure, "float32")])
        total = context.all_reduce(tf.distribute.ReduceOp.SUM, own)
        return cls(own[0], total[0], tf.math.divide_no_nan(own[1], total[1]))

    def weigh(self, loss: tf.Tensor) -> tf.Tensor:
        """Replica's loss as its gradients, summed over replicas, are the batch's."""
        if self.part is None:
            return loss
        # Keras has divided the loss by the number of replicas.
        return loss * _replicas(loss) * tf.cast(self.part, loss.dtype)

    def show(self, metric: keras.metrics.Mean, loss: tf.Tensor) -> None:
        """Count the loss into its metric, each row of the batch once."""
        if self.part is not None:
            loss = loss * _replicas(loss)
        metric.update_state(loss, sample_weight=self.counted)

    @property
    def counted(self) -> tf.Tensor:
        """Rows of the batch that this replica's loss stands for."""
        return self.rows if self.part is None else self.all_rows * self.part


@contextlib.contextmanager
def counted_by_share(metrics: Iterable[keras.metrics.Mean], share: Share) -> Iterator:
    """Have the losses of single outputs counted by rows while a step is traced.

    Keras counts each batch of unknown size, and each replica, once.
    """

    def count(metric):
        def update_state(value, sample_weight=None):
            del sample_weight
            return type(metric).update_state(metric, value, share.counted)

        return update_state

    metrics = list(metrics)
    for metric in metrics:
        metric.update_state = count(metric)
    try:
        yield
    finally:
        for metric in metrics:
            del metric.update_state


def _replicas(loss):
    return tf.cast(tf.distribute.get_strategy().num_replicas_in_sync, loss.dtype)
