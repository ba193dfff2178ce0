"""The loudest segments of utterances, stacked frames to batches."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from satn_keras.distribution import own_share
from satn_keras.features import FrontEnd
from satn_keras.pipelines.feature_store import FeatureStore
from satn_keras.pipelines.order import EpochOrder, rows_of
from satn_keras.pipelines.read_ahead import read_ahead
from satn_keras.pipelines.training_batches import TrainingBatches

SHUFFLED_SEGMENTS = 8192  # held at once; whole utterances are shuffled before


@dataclasses.dataclass(frozen=True)
class SegmentBatcher:
    """Batches of the loudest segments of one part of the data.

    Each frame is the middle of one segment; beyond the ends of an utterance its
    first and last frame stand in. The energy of a segment is the mean over its
    frames, the louder `share` of an utterance's segments is kept, one at least, and
    of equal ones the earlier.

    Attributes:
        store: features of the part's utterances.
        front_end: normalises each utterance.
        labels: (utterances,), int; of the segments as well.
        energy: from unnormalised features (frames, bands, channels) to (frames,),
            any quantity that grows with the energy.
        segment_frames: frames in a segment.
        share: of an utterance's segments.
        class_weights: (classes,), of the training batches.
        speaker_statistics: (voices, 2, bands, channels), where normalisation is
            by speaker.
    """

    store: FeatureStore
    front_end: FrontEnd
    labels: np.ndarray
    energy: Callable[[tf.Tensor], tf.Tensor]
    segment_frames: int = 25
    share: float = 0.1
    class_weights: np.ndarray | None = None
    speaker_statistics: np.ndarray | None = None

    def training(self, batch_size: int, seed: int) -> TrainingBatches:
        """Batches of (segments, labels[, weights]), another order each epoch."""
        # Utterances one by one in any order: what they are long does not matter.
        order = EpochOrder(np.ones(len(self.store)), 1, seed)

        def whole(epoch, first):
            rows = rows_of(order, epoch, 0).map(lambda row, *_: row)
            segments = self._labelled(rows, self.class_weights)
            segments = segments.shuffle(
                SHUFFLED_SEGMENTS, epoch * 2**32 + seed, reshuffle_each_iteration=False
            )
            return segments.batch(batch_size).skip(first)

        def batches_of(epoch, first):
            return whole(epoch, first).map(own_share)

        keys = [one.key for one in self.store.manifest]
        return TrainingBatches(batches_of, keys, whole)

    def evaluation(self, batch_size: int) -> tf.data.Dataset:
        """(segments, labels) of the utterances at normal speed, in order."""
        rows = tf.data.Dataset.range(len(self.store.manifest))
        segments = self._labelled(rows).map(lambda row, *rest: rest)
        return read_ahead(segments.batch(batch_size))

    def by_utterance(self, batch_size: int) -> tuple[tf.data.Dataset, np.ndarray]:
        """Padded batches of utterances, each once, and the order they come in.

        An element is segments (batch, segments, segment_frames, bands, channels)
        and the mask (batch, segments) of the true ones.
        """
        lengths = self.store.lengths[: len(self.store.manifest)]
        order = np.argsort(lengths, kind="stable")

        def fetch(row):
            segments = self.segments(row)
            return segments, tf.ones(tf.shape(segments)[:1], tf.bool)

        dataset = tf.data.Dataset.from_tensor_slices(order)
        dataset = dataset.map(fetch, tf.data.AUTOTUNE).padded_batch(batch_size)
        return read_ahead(dataset), order

    def segments(self, row: tf.Tensor) -> tf.Tensor:
        """(segments, segment_frames, bands, channels) of a row, in order of time."""
        features = self.store.fetch(row)
        windows = segment_windows(tf.shape(features)[0], self.segment_frames)
        energy = tf.reduce_mean(tf.gather(self.energy(features), windows), axis=1)
        statistics = None
        if self.speaker_statistics is not None:
            speaker = tf.gather(tf.constant(self.store.voice_ids), row)
            statistics = tf.constant(self.speaker_statistics, tf.float32)
            statistics = tf.gather(statistics, speaker)[tf.newaxis]
        features = self.front_end.normalize(features[tf.newaxis], None, statistics)[0]
        return tf.gather(features, tf.gather(windows, loudest(energy, self.share)))

    def _labelled(self, rows, class_weights=None):
        """Single segments, each after its row and before what belongs to it."""
        labels = tf.constant(np.tile(self.labels.astype("int32"), self.store.repeats))

        def fetch(row):
            segments = self.segments(row)
            count = tf.shape(segments)[0]
            rest = [labels[row]]
            if class_weights is not None:
                rest.append(tf.constant(class_weights, tf.float32)[labels[row]])
            row, *rest = (tf.repeat(value, count) for value in (row, *rest))
            return row, segments, *rest

        return rows.map(fetch, tf.data.AUTOTUNE).unbatch()


def segment_windows(frames: tf.Tensor, segment_frames: int) -> tf.Tensor:
    """(frames, segment_frames), the frames of the segment around each frame.

    Example:
        >>> segment_windows(3, 3).numpy().tolist()
        [[0, 0, 1], [0, 1, 2], [1, 2, 2]]
    """
    around = tf.range(segment_frames) - segment_frames // 2
    windows = tf.range(frames)[:, tf.newaxis] + around
    return tf.clip_by_value(windows, 0, frames - 1)


def loudest(energy: tf.Tensor, share: float) -> tf.Tensor:
    """Places of the largest `share` of the energies, one at least, in order.

    Example:
        >>> loudest(tf.constant([0.1, 0.9, 0.3, 0.7]), 0.5).numpy().tolist()
        [1, 3]
    """
    # In float64, where 0.1 of 30 is 3 and not a little more.
    count = tf.math.ceil(share * tf.cast(tf.shape(energy)[0], tf.float64) - 1e-9)
    count = tf.maximum(tf.cast(count, tf.int32), 1)
    return tf.sort(tf.math.top_k(energy, count).indices)
