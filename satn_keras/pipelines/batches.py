"""Stored features to shuffled, bucketed, padded and normalised batches."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from satn_keras.config import TrainingConfig
from satn_keras.distribution import worker_share
from satn_keras.features import FrontEnd
from satn_keras.pipelines.augmentation import draw_masks, random_crop, spec_augment
from satn_keras.pipelines.feature_store import FeatureStore
from satn_keras.pipelines.mixup import draw_mixture, mix
from satn_keras.pipelines.order import EpochOrder, rows_of, share_size
from satn_keras.pipelines.padding import length_grid, pad_frames
from satn_keras.pipelines.read_ahead import read_ahead
from satn_keras.pipelines.shard_store import ShardStore
from satn_keras.pipelines.streamed_batches import streamed
from satn_keras.pipelines.training_batches import TrainingBatches


@dataclasses.dataclass(frozen=True)
class Batcher:
    """Batches of one part of the data.

    Attributes:
        store: features of the part's utterances.
        front_end: normalises each batch, as it will in the exported model.
        targets: from the rows of a batch (batch,), int64, its true lengths and its
            padded length to (extra inputs, targets[, sample weights]).
        speaker_statistics: (voices, 2, bands, 3), where normalisation is by
            speaker.
        partners: (rows,), int, another row for each. Training batches then have its
            features besides, cropped, masked and normalised as the row's own by the
            same draws: inputs `partner_features` (batch, partner frames, bands, 3)
            and `partner_mask`. Order, crops and masks of the rows do not change.
        mixup: alpha of `draw_mixture`. Each row of a training batch is then mixed
            with another one of the part, their targets too, which must be shares of
            the classes; 0 mixes nothing. Not with `partners`.
        more_inputs: of a batch that is not mixed, or None: from its rows (batch,), the
            frame of each with which it begins, its true lengths, both (batch,), and its
            padded length to a dict of further inputs.
        strata: (rows, columns), int, whose values come equally often in training; see
            `EpochOrder`. Prepared features are then read row by row.
    """

    store: FeatureStore
    front_end: FrontEnd
    targets: Callable
    speaker_statistics: np.ndarray | None = None
    partners: np.ndarray | None = None
    mixup: float = 0.0
    strata: np.ndarray | None = None
    more_inputs: Callable | None = None

    def __post_init__(self):
        if self.partners is not None and len(self.partners) != len(self.store):
            raise ValueError(
                f"`partners` must hold one row for each of the {len(self.store)} rows. "
                f"Received: {len(self.partners)}."
            )

    def training(
        self, config: TrainingConfig, seed: int, by_length: bool = False
    ) -> TrainingBatches:
        """Augmented batches, another order, other crops and masks each epoch.

        Args:
            config: batch size, crops and augmentation.
            seed: of order, crops and masks.
            by_length: shortest utterances first instead, in the same order always.
        """
        share = worker_share()
        order = self.order(config, seed, by_length)
        # XLA compiles anew for each length.
        grid = length_grid(order.lengths) if config.jit else None

        fetch = self._fetch(config)

        def in_order(epoch, first, share):
            dataset = rows_of(order, epoch, first, share)
            dataset = dataset.map(
                lambda row, *rest: fetch(self.store.fetch(row), row, *rest),
                tf.data.AUTOTUNE,
            )
            return _pad(dataset, share_size(config.batch_size, share))

        def as_they_come(epoch, first, share):
            return streamed(self.store, order, epoch, share, fetch).skip(first)

        is_stream = self.is_streamed(by_length)
        padded = as_they_come if is_stream else in_order

        def batches_of(epoch, first, share=share):
            dataset = padded(epoch, first, share).map(_counted)
            return dataset.map(self._finish(config, grid), tf.data.AUTOTUNE)

        def whole(epoch, first):
            return batches_of(epoch, first, (0, 1))

        # Shares of a stream are no parts of whole batches.
        has_whole = share == (0, 1) or not is_stream
        keys = [one.key for one in self.store.manifest]
        return TrainingBatches(batches_of, keys, whole if has_whole else None)

    def order(
        self, config: TrainingConfig, seed: int, by_length: bool = False
    ) -> EpochOrder:
        """Order of the rows that `training` takes, unless they are streamed."""
        lengths = self.store.lengths
        if config.segment_frames:
            lengths = np.minimum(lengths, config.segment_frames)
        return EpochOrder(lengths, config.batch_size, seed, by_length, self.strata)

    def is_streamed(self, by_length: bool = False) -> bool:
        """Whether prepared features are read shard by shard, in another order."""
        is_prepared = isinstance(self.store, ShardStore)
        return is_prepared and not by_length and self.strata is None

    def _fetch(self, config):
        """From a row's features and draw to what a batch is padded from."""

        def crop(features, draw):
            if config.segment_frames:
                return random_crop(features, config.segment_frames, draw)
            return features, tf.constant(0)

        def fetch(features, row, draw, real):
            features, start = crop(features, draw)
            masks = draw_masks(config.augmentation, draw + 1)
            if self.mixup:
                other, part = draw_mixture(self.mixup, len(self.store), draw + 2)
                heard, _ = crop(self.store.fetch(other), draw + 4)
                length = tf.shape(heard)[0]
                return features, real, row, masks, heard, length, other, part
            if self.partners is None:
                return features, real, row, masks, start
            partner = tf.gather(tf.constant(self.partners), row)
            partner, _ = crop(self.store.fetch(partner), draw)
            return features, real, row, masks, start, partner, tf.shape(partner)[0]

        return fetch

    def _finish(self, config, grid=None):
        """From a padded batch to its rows and what the model takes."""

        def hear(features, rows, lengths, masks):
            if grid is not None:
                features = pad_frames(features, grid)
            features, mask = self._normalize(features, rows, lengths)
            features = spec_augment(features, lengths, config.augmentation, masks)
            return features, mask

        def finish(features, rows, masks, starts, *others):
            *partner, lengths = others
            features, mask = hear(features, rows, lengths, masks)
            inputs, *rest = self._with_targets(features, mask, rows, lengths, starts)
            if partner:
                others = tf.gather(tf.constant(self.partners), rows)
                features, mask = hear(partner[0], others, partner[1], masks)
                inputs |= {"partner_features": features, "partner_mask": mask}
            return rows, inputs, *rest

        def finish_mixed(features, rows, masks, heard, length, others, parts, lengths):
            batch = self._with_targets(
                *hear(features, rows, lengths, masks), rows, lengths
            )
            other = self._with_targets(
                *hear(heard, others, length, masks), others, length
            )
            return rows, *mix(batch, other, parts)

        return finish_mixed if self.mixup else finish

    def evaluation(
        self, batch_size: int, few_lengths: bool = False, every_version: bool = False
    ) -> tuple[tf.data.Dataset, np.ndarray]:
        """Whole utterances, each once, and the order they come in.

        Args:
            batch_size: utterances.
            few_lengths: pad to few lengths, for a model that XLA compiles anew for
                each.
            every_version: each utterance in each of its versions, not as it is
                alone.
        """
        lengths = self.store.lengths
        if not every_version:
            lengths = lengths[: len(self.store.manifest)]
        rows = np.argsort(lengths, kind="stable")
        grid = length_grid(lengths) if few_lengths else None
        dataset = tf.data.Dataset.from_tensor_slices(rows)

        dataset = dataset.map(
            lambda row: (self.store.fetch(row), row), tf.data.AUTOTUNE
        )
        dataset = _pad(dataset, batch_size)

        def finish(features, rows, lengths):
            if grid is not None:
                features = pad_frames(features, grid)
            features, mask = self._normalize(features, rows, lengths)
            starts = tf.zeros_like(lengths)
            return self._with_targets(features, mask, rows, lengths, starts)

        dataset = dataset.map(finish, tf.data.AUTOTUNE)
        return read_ahead(dataset), rows

    def _normalize(self, features, rows, lengths):
        """Features as a model takes them, and their mask."""
        mask = tf.sequence_mask(lengths, tf.shape(features)[1])
        statistics = None
        if self.speaker_statistics is not None:
            speakers = tf.gather(tf.constant(self.store.voice_ids), rows)
            statistics = tf.constant(self.speaker_statistics, tf.float32)
            statistics = tf.gather(statistics, speakers)
        return self.front_end.normalize(features, mask, statistics), mask

    def _with_targets(self, features, mask, rows, lengths, starts=None):
        padded = tf.shape(features)[1]
        extra, *rest = self.targets(rows, lengths, padded)
        if self.more_inputs is not None and starts is not None:
            extra = {**extra, **self.more_inputs(rows, starts, lengths, padded)}
        return {"features": features, "mask": mask, **extra}, *rest


def _pad(dataset, batch_size):
    """Batches in the order of the dataset, and their true lengths."""
    return _with_length(dataset).padded_batch(batch_size)


def _counted(features, real, *rest):
    """Batch without the row that stands in where a worker has none."""
    number = tf.reduce_sum(tf.cast(real, tf.int32))
    return tuple(part[:number] for part in (features, *rest))


def _with_length(dataset):
    return dataset.map(lambda *element: (*element, tf.shape(element[0])[0]))
