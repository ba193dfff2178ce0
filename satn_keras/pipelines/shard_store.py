"""Prepared features, read at random or shard after shard."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from satn_keras.corpora import Manifest
from satn_keras.pipelines.feature_store import FeatureStore
from satn_keras.pipelines.read_ahead import read_ahead
from satn_keras.pipelines.shard_index import ShardIndex
from satn_keras.pipelines.shard_records import decode_features, read_record

OPEN_SHARDS = 16  # read from in turn
SHUFFLED_BYTES = 2**26  # of features; speakers lie mixed in a shard as it is


@dataclasses.dataclass(frozen=True)
class ShardStore(FeatureStore):
    """Store whose rows lie in the shards of a folder of prepared features.

    Attributes:
        index: of the folder.
        places: (rows,), where each row is in the index's table; no two at one.
        change: applied to each row's features, those of `fetch` included.
    """

    index: ShardIndex
    places: np.ndarray
    change: Callable[[tf.Tensor], tf.Tensor] | None = None

    @classmethod
    def of(
        cls,
        manifest: Manifest,
        index: ShardIndex,
        places: np.ndarray,
        change: Callable[[tf.Tensor], tf.Tensor] | None = None,
    ) -> ShardStore:
        """Store of the rows at `places` of the index's table."""
        lengths = index.table["frames"].to_numpy()[places]
        fetch = _fetch_from(index, places, change)
        return cls(manifest, lengths, fetch, index, places, change)

    def mapped(self, change: Callable[[tf.Tensor], tf.Tensor]) -> ShardStore:
        before = self.change

        def both(features):
            return change(features if before is None else before(features))

        return type(self).of(self.manifest, self.index, self.places, both)

    def stream(
        self,
        seed: int,
        epoch: int | tf.Tensor,
        share: tuple[int, int] = (0, 1),
        shuffled_bytes: int = SHUFFLED_BYTES,
    ) -> tf.data.Dataset:
        """(features, row) of each row once, read shard after shard in a drawn order.

        A shard is read from its beginning to its end, some shards in turn, and the
        rows are shuffled within windows. The same seed and epoch give the same order,
        in another process as well.

        Args:
            seed: of the order.
            epoch: its number; a tensor, int64, is read while the dataset runs.
            share: number of the worker, from 0, and how many workers there are. They
                share out the shards where there are enough, or else the rows of each
                shard; no row is in two shares, and all are in one, the same in each
                epoch.
            shuffled_bytes: of features in a window, about.
        """
        row_of = self._row_of(share)

        def plan(epoch):
            return self._shards(seed, int(epoch), share)

        shards = tf.numpy_function(plan, [tf.cast(epoch, tf.int64)], tf.int64)
        shards = tf.data.Dataset.from_tensor_slices(tf.ensure_shape(shards, [None]))
        rows = self._read(shards, row_of)
        window = int(np.clip(shuffled_bytes // self._mean_bytes, 1, len(self)))
        rows = _shuffled(rows, window, tf.cast(epoch, tf.int64) * 2**32 + seed)
        return rows.map(self._decode, tf.data.AUTOTUNE, deterministic=True)

    def share_rows(self, seed: int, epoch: int, share: tuple[int, int]) -> np.ndarray:
        """Rows in a worker's share of an epoch, known without reading, in any order."""
        row_of, starts = self._row_of(share), self.index.starts
        shards = self._shards(seed, epoch, share)
        rows = [row_of[starts[each] : starts[each + 1]] for each in shards]
        rows = np.concatenate([*rows, np.empty(0, "int64")])
        return rows[rows >= 0]

    def _each(self):
        shards = tf.data.Dataset.from_tensor_slices(self._own_shards)
        rows = self._read(shards, self._row_of((0, 1)))
        rows = read_ahead(rows.map(self._decode, tf.data.AUTOTUNE), 8)
        for features, row in rows.as_numpy_iterator():
            yield int(row), features

    def _read(self, shards, row_of):
        """(record, row) of the rows that `row_of` knows, from shards in turn."""
        with tf.device("CPU:0"):
            paths = tf.constant([str(path) for path in self.index.paths])
            starts = tf.constant(self.index.starts)
            row_of = tf.constant(row_of)

        def records(shard):
            numbered = tf.data.TFRecordDataset(paths[shard]).enumerate(starts[shard])
            rows = numbered.map(lambda place, record: (record, row_of[place]))
            return rows.filter(lambda record, row: row >= 0)

        return shards.interleave(
            records,
            OPEN_SHARDS,
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )

    def _decode(self, record, row):
        return _features_in(self.index, record, self.change), row

    def _row_of(self, share):
        """(rows of the table,), row of this store and share, or -1."""
        number, count = share
        row_of = np.full(len(self.index.table), -1, "int64")
        row_of[self.places] = np.arange(len(self))
        if self._by_shard(count):
            return row_of
        return np.where(row_of % count == number, row_of, -1)

    def _shards(self, seed, epoch, share):
        """Numbers of the shards of one share of an epoch, in order."""
        number, count = share
        # The same shards in each epoch: Keras's fit takes the number of batches of
        # the first epoch for that of all.
        own = np.random.default_rng(seed).permutation(self._own_shards)
        own = own[number::count] if self._by_shard(count) else own
        return np.random.default_rng((seed, epoch)).permutation(own)

    def _by_shard(self, count):
        return len(self._own_shards) >= count

    @property
    def _own_shards(self):
        return np.unique(self.index.table["shard"].to_numpy()[self.places]).astype(
            "int64"
        )

    @property
    def _mean_bytes(self):
        values = self.index.values
        return max(
            1, int(4 * values["bands"] * values["channels"] * self.lengths.mean())
        )


def _shuffled(rows, size, seed):
    """The rows, those of each window in an order that `seed` alone decides.

    A shuffle buffer would ask TensorFlow's global seed as well.
    """

    def shuffle(number, window):
        places = tf.range(tf.shape(window[0])[0])
        seeds = tf.stack([seed, number])
        order = tf.random.experimental.stateless_shuffle(places, seeds)
        return tuple(tf.gather(part, order) for part in window)

    windows = rows.batch(size).enumerate().map(shuffle)
    return windows.prefetch(1).unbatch()


def _fetch_from(index, places, change):
    table = index.table.iloc[places]
    shards, offsets, sizes = (
        table[name].to_numpy() for name in ("shard", "offset", "bytes")
    )
    paths = index.paths

    def read(row):
        return read_record(paths[shards[row]], offsets[row], sizes[row])

    def fetch(row):
        record = tf.ensure_shape(tf.numpy_function(read, [row], tf.string), [])
        return _features_in(index, record, change)

    return fetch


def _features_in(index, record, change):
    size = index.values["bands"], index.values["channels"]
    features = decode_features(record, *size)
    return features if change is None else change(features)
