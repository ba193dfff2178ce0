"""Voiced frames of utterances, as targets of each frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from satn_keras.pipelines.feature_store import FeatureStore
from satn_keras.pipelines.read_ahead import read_ahead

PADDING = -1
SHORTEST = 3  # frames of a voiced segment with room for Null, emotion, Null


@dataclasses.dataclass(frozen=True)
class VoicedFrames:
    """Which frames of each row of a store are voiced.

    Attributes:
        flags: bool, the frames of all rows one after another.
        lengths: (rows,), frames of each row.
    """

    flags: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(
        cls, store: FeatureStore, voicing: Callable, threshold: float
    ) -> VoicedFrames:
        """Frames whose voicing probability is above the threshold.

        An utterance without a voiced segment of three frames, whispered say, counts
        as voiced from its first to its last frame: its emotion must have a place.

        Args:
            store: unnormalised features.
            voicing: from features (frames, bands, channels) to (frames,).
            threshold: of the probability.
        """
        rows = tf.data.Dataset.range(len(store))
        probabilities = rows.map(
            lambda row: voicing(store.fetch(row)), tf.data.AUTOTUNE
        )
        rows = [
            with_a_segment(row > threshold)
            for row in read_ahead(probabilities, 8).as_numpy_iterator()
        ]
        return cls(np.concatenate(rows), np.asarray([len(row) for row in rows]))


def with_a_segment(voiced: np.ndarray) -> np.ndarray:
    """The flags, or all True where no run of True has three frames.

    Example:
        >>> with_a_segment(np.array([True, True, False, True])).tolist()
        [True, True, True, True]
    """
    runs = np.convolve(voiced, np.ones(SHORTEST), mode="valid") if len(voiced) else []
    if len(voiced) >= SHORTEST and np.max(runs) >= SHORTEST:
        return voiced
    return np.ones_like(voiced)


def voiced_targets(
    labels: np.ndarray,
    voiced: VoicedFrames,
    repeats: int = 1,
    class_weights: np.ndarray | None = None,
) -> Callable:
    """Targets of a `Batcher` of whole utterances: where the emotion may be.

    A target is (batch, frames), int32: label + 1 at voiced frames, 0 at the others,
    -1 at padding.

    Args:
        labels: (utterances,), int.
        voiced: frames of every row.
        repeats: versions in which each utterance is stored.
        class_weights: (classes,); each utterance counts as its class weighs.
    """
    labels = tf.constant(np.tile(labels.astype("int32"), repeats))
    with tf.device("CPU:0"):  # an accelerator's memory is for the models
        flags = tf.constant(voiced.flags)
        starts = tf.constant(np.cumsum(voiced.lengths) - voiced.lengths)
        known = tf.constant(voiced.lengths)

    def targets(rows, lengths, padded):
        truth = tf.gather(labels, rows)
        frame = tf.range(padded)[tf.newaxis]  # (1, frames)
        own = tf.cast(frame, tf.int64) < tf.gather(known, rows)[:, tf.newaxis]
        place = tf.gather(starts, rows)[:, tf.newaxis] + tf.cast(frame, tf.int64)
        place = tf.minimum(place, len(voiced.flags) - 1)
        is_voiced = tf.gather(flags, place) & own
        frames = tf.where(is_voiced, truth[:, tf.newaxis] + 1, 0)
        frames = tf.where(frame < lengths[:, tf.newaxis], frames, PADDING)
        if class_weights is None:
            return {}, frames
        return {}, frames, tf.gather(tf.constant(class_weights, tf.float32), truth)

    return targets
