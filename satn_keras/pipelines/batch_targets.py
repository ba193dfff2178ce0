"""What a batch of utterances is to be recognised as."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from satn_keras.pipelines.targets import Targets


def emotion_targets(
    labels: np.ndarray,
    repeats: int = 1,
    class_weights: np.ndarray | None = None,
    num_classes: int | None = None,
    speakers: np.ndarray | None = None,
) -> Callable:
    """Targets of the student: one class index an utterance.

    Args:
        labels: (utterances,), int.
        repeats: versions in which each utterance is stored.
        class_weights: (classes,); each utterance counts as its class weighs.
        num_classes: for a row of zeros and a one in the place of the index.
        speakers: (rows,), int from 0, at every speed; a further input `speaker`,
            (batch, speakers), has a one at each utterance's own.
    """
    num_speakers = 0 if speakers is None else int(speakers.max()) + 1
    labels = tf.constant(np.tile(labels.astype("int32"), repeats))

    def targets(rows, lengths, padded):
        del lengths, padded
        extra = {}
        if speakers is not None:
            extra["speaker"] = tf.one_hot(tf.gather(speakers, rows), num_speakers)
        classes = truth = tf.gather(labels, rows)
        if num_classes is not None:
            truth = tf.one_hot(classes, num_classes)
        if class_weights is None:
            return extra, truth
        weights = tf.gather(tf.constant(class_weights, tf.float32), classes)
        return extra, truth, weights

    return targets


def speech_targets(
    targets: Targets, repeats: int = 1, guided: bool = False
) -> Callable:
    """Targets of the teacher: tokens before as input, tokens after as truth.

    Args:
        targets: tokens of every utterance.
        repeats: versions in which each utterance is stored.
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
