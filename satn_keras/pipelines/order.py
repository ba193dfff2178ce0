"""Order of an epoch's utterances, known from seed and number of the epoch alone."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import tensorflow as tf

from satn_keras.distribution import share_bounds
from satn_keras.pipelines.balance import draw_balanced, occurrences

MAX_BUCKETS = 16  # of equal total length; padded frames stay near 10 %
SEED_STEP = 104729  # from a row's draws to those of its next time in an epoch


@dataclasses.dataclass(frozen=True)
class EpochOrder:
    """Rows in the order in which an epoch takes them, batch after batch.

    Utterances of like length share a batch, drawn anew each epoch. All batches are
    full but the last: what is left over in the buckets of length fills batches of its
    own, the longest last. Nothing of an epoch depends on the epochs before, so that
    training can go on from any batch of any epoch.

    Attributes:
        lengths: (rows,), frames of each row as it is trained on.
        batch_size: rows in a batch, over all replicas.
        seed: of order and draws.
        by_length: shortest first instead, the same in all epochs.
        strata: (rows, columns), int, or None. With it an epoch's rows are those of
            `draw_balanced`: as many as there are, some of them several times.
    """

    lengths: np.ndarray
    batch_size: int
    seed: int
    by_length: bool = False
    strata: np.ndarray | None = None

    def rows(self, epoch: int) -> np.ndarray:
        """(rows,), int64; batch b holds `batch_size` from b times it.

        Each row once, or as `strata` ask for it.

        Example:
            >>> order = EpochOrder(np.array([9, 2, 8, 3, 1]), batch_size=2, seed=1)
            >>> sorted(order.rows(epoch=0).tolist())
            [0, 1, 2, 3, 4]
        """
        if self.by_length:
            return np.argsort(self.lengths, kind="stable")
        rng = np.random.default_rng((self.seed, epoch))
        rows = rng.permutation(self._drawn(epoch))
        bucket = np.searchsorted(self.longest, self.lengths[rows])
        full, rest = [], []
        for number in range(bucket.max() + 1):
            own = rows[bucket == number]
            cut = len(own) - len(own) % self.batch_size
            full.append(own[:cut])
            rest.append(own[cut:])
        rest = np.concatenate(rest)
        cut = len(rest) - len(rest) % self.batch_size
        batches = np.concatenate([*full, rest[:cut]]).reshape(-1, self.batch_size)
        return np.concatenate([rng.permutation(batches).ravel(), rest[cut:]])

    @property
    def num_batches(self) -> int:
        """Batches of an epoch."""
        return -(-len(self.lengths) // self.batch_size)

    def padded_share(self, epoch: int) -> float:
        """Frames of an epoch's batches that are padding, over all of their frames.

        Example:
            >>> order = EpochOrder(np.array([3, 1, 4, 4]), 2, seed=1, by_length=True)
            >>> round(order.padded_share(epoch=0), 3)  # 2 of 14
            0.143
        """
        lengths = self.lengths[self.rows(epoch)]
        starts = np.arange(0, len(lengths), self.batch_size)
        size = np.diff([*starts, len(lengths)])
        padded = np.sum(np.maximum.reduceat(lengths, starts) * size)
        return float(1 - lengths.sum() / padded)

    def draws(self, epoch: int) -> np.ndarray:
        """(rows, 2), int64: seeds of each row's crop and masks."""
        rng = np.random.default_rng((self.seed, epoch, 1))
        return rng.integers(0, 2**31, (len(self.lengths), 2))

    def draws_of(self, epoch: int, rows: np.ndarray) -> np.ndarray:
        """(rows, 2), int64: seeds of all rows of an epoch, in their order.

        A row that comes again has another crop and other masks.
        """
        again = SEED_STEP * occurrences(rows)[:, np.newaxis]
        return (self.draws(epoch)[rows] + again) % 2**31

    def _drawn(self, epoch):
        if self.strata is None:
            return len(self.lengths)  # of which `permutation` takes each once
        return draw_balanced(self.strata, np.random.default_rng((self.seed, epoch, 2)))

    @functools.cached_property
    def longest(self) -> np.ndarray:
        """Longest length of each bucket but the last.

        Buckets hold the same total length, not the same count: the few long
        utterances of a corpus differ most.
        """
        # With less than two batches a bucket hardly a batch would be full.
        most = len(self.lengths) // (2 * self.batch_size)
        num_buckets = np.clip(most, 1, MAX_BUCKETS)
        lengths = np.sort(self.lengths)
        total = np.cumsum(lengths)
        shares = total[-1] * np.arange(1, num_buckets) / num_buckets
        return np.unique(lengths[np.searchsorted(total, shares)])


def share_of_batches(
    rows: np.ndarray, batch_size: int, index: int, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of one of `count` workers: a stretch of each batch, none in two shares.

    Every share has as many batches as the whole. Where nothing of the last batch is
    left for a worker, one row stands in that is not to be counted.

    Args:
        rows: (rows,), batches one after another.
        batch_size: rows in a batch, at least `count`.
        index: of the worker, from 0.
        count: workers.

    Returns:
        Rows, and whether each is to be counted, bool.

    Example:
        >>> share_of_batches(np.arange(7), batch_size=4, index=0, count=2)
        (array([0, 1, 4]), array([ True,  True,  True]))
        >>> share_of_batches(np.arange(5), batch_size=4, index=0, count=2)
        (array([0, 1, 4]), array([ True,  True, False]))
    """
    if batch_size < count:
        raise ValueError(
            f"`batch_size` must be at least `count`. Received: {batch_size=}, {count=}."
        )
    place = np.arange(len(rows)) % batch_size
    last = len(rows) % batch_size  # rows of a last batch that is not full
    size = np.where(np.arange(len(rows)) < len(rows) - last, batch_size, last)
    start, end = share_bounds(size, index, count)
    own = (place >= start) & (place < end)
    real = np.ones(own.sum(), bool)
    if last and not own[len(rows) - last :].any():
        own[-1] = True
        real = np.append(real, False)
    return rows[own], real


def rows_of(
    order: EpochOrder,
    epoch: tf.Tensor,
    first: tf.Tensor,
    share: tuple[int, int] = (0, 1),
) -> tf.data.Dataset:
    """(row, its draws, whether it counts) of an epoch, from its batch `first` on.

    Args:
        order: of the rows.
        epoch: number of the epoch, scalar int64; read while the dataset runs.
        first: number of the batch, scalar int64.
        share: number of the worker and how many there are, see `share_of_batches`.
    """

    def plan(epoch, first):
        rows = order.rows(int(epoch)).astype("int64")
        draws = order.draws_of(int(epoch), rows)
        places = np.arange(int(first) * order.batch_size, len(rows))
        places, real = share_of_batches(places, order.batch_size, *share)
        return rows[places], draws[places], real

    rows, draws, real = tf.numpy_function(
        plan, [epoch, first], (tf.int64, tf.int64, tf.bool)
    )
    rows, draws = tf.ensure_shape(rows, [None]), tf.ensure_shape(draws, [None, 2])
    real = tf.ensure_shape(real, [None])
    return tf.data.Dataset.from_tensor_slices((rows, draws, real))


def share_size(batch_size: int, share: tuple[int, int]) -> int:
    """Rows that a worker has of each full batch."""
    start, end = share_bounds(batch_size, *share)
    return end - start
