"""Stored features to shuffled, bucketed, padded and normalised batches."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from satn_keras.config import TrainingConfig
from satn_keras.features import FrontEnd
from satn_keras.pipelines.augmentation import random_crop, spec_augment
from satn_keras.pipelines.feature_store import FeatureStore
from satn_keras.pipelines.targets import Targets

MAX_BUCKETS = 16  # of equal total length; padded frames stay near 10 %


@dataclasses.dataclass(frozen=True)
class Batcher:
    """Batches of one part of the data.

    Attributes:
        store: features of the part's utterances.
        front_end: normalises each batch, as it will in the exported model.
        targets: from the rows of a batch (batch,), int64, its true lengths and its
            padded length to (extra inputs, targets[, sample weights]).
        speaker_statistics: (speakers, 2, bands, 3), where normalisation is by
            speaker.
        partners: (rows,), int, another row for each. Training batches then have its
            features besides, cropped, masked and normalised as the row's own by the
            same draws: inputs `partner_features` (batch, partner frames, bands, 3)
            and `partner_mask`. Order, crops and masks of the rows do not change.
    """

    store: FeatureStore
    front_end: FrontEnd
    targets: Callable
    speaker_statistics: np.ndarray | None = None
    partners: np.ndarray | None = None

    def __post_init__(self):
        if self.partners is not None and len(self.partners) != len(self.store):
            raise ValueError(
                f"`partners` must hold one row for each of the {len(self.store)} rows. "
                f"Received: {len(self.partners)}."
            )

    def training(
        self, config: TrainingConfig, seed: int, by_length: bool = False
    ) -> tf.data.Dataset:
        """One epoch of augmented batches, another order each epoch.

        Args:
            config: batch size, crops and augmentation.
            seed: of order, crops and masks.
            by_length: shortest utterances first instead, in the same order always.
        """
        rows = np.argsort(self.store.lengths, kind="stable")
        dataset = tf.data.Dataset.from_tensor_slices(rows)
        if not by_length:
            dataset = dataset.shuffle(len(rows), seed, reshuffle_each_iteration=True)
        draws = tf.data.Dataset.random(seed, rerandomize_each_iteration=True)
        dataset = tf.data.Dataset.zip(dataset, draws.batch(2))

        def crop(row, draw):
            features = self.store.fetch(row)
            if config.segment_frames:
                features = random_crop(features, config.segment_frames, draw)
            return features

        def fetch(row, draw):
            features = crop(row, draw)
            if self.partners is None:
                return features, row, draw
            partner = crop(tf.gather(tf.constant(self.partners), row), draw)
            return features, row, draw, partner, tf.shape(partner)[0]

        dataset = dataset.map(fetch, tf.data.AUTOTUNE)
        if by_length:
            dataset = _pad(dataset, config.batch_size)
        else:
            lengths = np.minimum(self.store.lengths, config.segment_frames or np.inf)
            dataset = _pad_by_length(dataset, config.batch_size, lengths)

        def hear(features, rows, lengths, draws):
            features, mask = self._normalize(features, rows, lengths)
            augmentation = config.augmentation
            if augmentation.time_masks or augmentation.frequency_masks:
                features = spec_augment(features, lengths, augmentation, draws[0])
            return features, mask

        def finish(features, rows, draws, *others):
            *partner, lengths = others
            features, mask = hear(features, rows, lengths, draws)
            inputs, *rest = self._with_targets(features, mask, rows, lengths)
            if partner:
                rows = tf.gather(tf.constant(self.partners), rows)
                features, mask = hear(partner[0], rows, partner[1], draws)
                inputs |= {"partner_features": features, "partner_mask": mask}
            return inputs, *rest

        return dataset.map(finish, tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)

    def evaluation(self, batch_size: int) -> tuple[tf.data.Dataset, np.ndarray]:
        """Whole utterances at normal speed, each once, and the order they come in."""
        rows = np.argsort(self.store.lengths[: len(self.store.manifest)], kind="stable")
        dataset = tf.data.Dataset.from_tensor_slices(rows)

        def fetch(row):
            return self.store.fetch(row), row, tf.zeros([2], tf.int64)

        dataset = dataset.map(fetch, tf.data.AUTOTUNE)
        dataset = _pad(dataset, batch_size)

        def finish(features, rows, draws, lengths):
            del draws
            features, mask = self._normalize(features, rows, lengths)
            return self._with_targets(features, mask, rows, lengths)

        dataset = dataset.map(finish, tf.data.AUTOTUNE)
        return dataset.prefetch(tf.data.AUTOTUNE), rows

    def _normalize(self, features, rows, lengths):
        """Features as a model takes them, and their mask."""
        mask = tf.sequence_mask(lengths, tf.shape(features)[1])
        statistics = None
        if self.speaker_statistics is not None:
            speakers = tf.gather(tf.constant(self.store.speaker_ids), rows)
            statistics = tf.constant(self.speaker_statistics, tf.float32)
            statistics = tf.gather(statistics, speakers)
        return self.front_end.normalize(features, mask, statistics), mask

    def _with_targets(self, features, mask, rows, lengths):
        extra, *rest = self.targets(rows, lengths, tf.shape(features)[1])
        return {"features": features, "mask": mask, **extra}, *rest


def _pad(dataset, batch_size):
    """Batches in the order of the dataset, and their true lengths."""
    return _with_length(dataset).padded_batch(batch_size)


def _pad_by_length(dataset, batch_size, lengths):
    """Batches of like length, and their true lengths.

    Buckets hold the same total length, not the same count: the few long utterances
    of a corpus differ most.
    """
    # With less than two batches a bucket hardly a batch would be full.
    num_buckets = np.clip(len(lengths) // (2 * batch_size), 1, MAX_BUCKETS)
    lengths = np.sort(lengths)
    total = np.cumsum(lengths)
    shares = total[-1] * np.arange(1, num_buckets) / num_buckets
    longest = np.unique(lengths[np.searchsorted(total, shares)])  # of each bucket
    return _with_length(dataset).bucket_by_sequence_length(
        lambda *element: element[-1],
        [int(length) + 1 for length in longest],
        [batch_size] * (len(longest) + 1),
    )


def _with_length(dataset):
    return dataset.map(lambda *element: (*element, tf.shape(element[0])[0]))


def emotion_targets(
    labels: np.ndarray, repeats: int = 1, class_weights: np.ndarray | None = None
) -> Callable:
    """Targets of the student: one class index an utterance.

    Args:
        labels: (utterances,), int.
        repeats: speeds at which each utterance is stored.
        class_weights: (classes,); each utterance counts as its class weighs.
    """
    labels = tf.constant(np.tile(labels.astype("int32"), repeats))

    def targets(rows, lengths, padded):
        del lengths, padded
        truth = tf.gather(labels, rows)
        if class_weights is None:
            return {}, truth
        weights = tf.gather(tf.constant(class_weights, tf.float32), truth)
        return {}, truth, weights

    return targets


def speech_targets(
    targets: Targets, repeats: int = 1, guided: bool = False
) -> Callable:
    """Targets of the teacher: tokens before as input, tokens after as truth.

    Args:
        targets: tokens of every utterance.
        repeats: speeds at which each utterance is stored.
        guided: also the true steps and the true share of the frames, for the loss
            that guides the alignment.
    """
    before, after, ctc, steps = (
        tf.constant(np.concatenate([array] * repeats))
        for array in (targets.before, targets.after, targets.ctc, targets.steps)
    )

    def batch_targets(rows, lengths, padded):
        steps_here = tf.gather(steps, rows)
        longest = tf.reduce_max(steps_here)
        inputs = {"tokens": tf.gather(before, rows)[:, :longest]}
        truth = {
            "tokens": tf.gather(after, rows)[:, :longest],
            "ctc": tf.gather(ctc, rows)[:, :longest],
        }
        if guided:
            share = tf.cast(lengths, tf.float32) / tf.cast(padded, tf.float32)
            truth["alignment"] = tf.stack([tf.cast(steps_here, tf.float32), share], 1)
        return inputs, truth

    return batch_targets
