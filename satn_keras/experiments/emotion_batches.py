"""Batches of utterances with their emotions."""

from __future__ import annotations

import numpy as np

from satn_keras.corpora import class_indices
from satn_keras.experiments.enrolment import enrol
from satn_keras.experiments.features import statistics_by_speaker
from satn_keras.experiments.part_store import part_store
from satn_keras.pipelines import Batcher, draw_partners, emotion_targets


def emotion_batches(
    manifest,
    classes,
    front_end,
    config,
    run,
    progress=None,
    training=False,
    enrolled=None,
) -> Batcher:
    """Batches of utterances with their class; augmented in training only.

    Without `classes` the labels are not looked at: every utterance has the first.
    Where the recipe normalises by speaker, the utterances `enrolled` alone, of the
    same speakers, give their statistics; the manifest's own when absent.
    """
    settings = config.student_training
    labels = np.zeros(len(manifest), "int32")
    if classes is not None:
        labels = class_indices(manifest, classes)
    store = part_store(
        manifest, front_end, settings, config.seed, run, progress, training
    )
    known = store
    if enrolled is not None:
        known = part_store(enrolled, front_end, settings, config.seed, run)
    mixup = settings.mixup if training else 0.0
    weights = None
    if training and settings.class_weights == "balanced":
        weights = balanced_weights(labels, len(classes))
    partners = None
    transfer = config.transfer
    if training and transfer.weight and transfer.control == "other_utterance":
        partners = draw_partners(
            store.lengths, store.speaker_ids, config.seed, store.repeats
        )
    return Batcher(
        store,
        front_end,
        emotion_targets(
            labels,
            store.repeats,
            weights,
            len(classes) if mixup else None,
            store.speaker_ids if training and settings.adversarial_weight else None,
        ),
        statistics_by_speaker(known, front_end, training),
        partners,
        mixup,
        sampling_strata(labels, store, settings.sampling) if training else None,
    )


def validation_batcher(manifest, classes, front_end, config, run, progress=None):
    """Batcher of what is scored of a validation part, the speakers enrolled as asked.

    None for an empty part.
    """
    if not len(manifest):
        return None
    part = enrol(manifest, config)
    parts = part.scored, classes, front_end, config, run, progress
    return emotion_batches(*parts, enrolled=part.enrolled)


def sampling_strata(labels, store, sampling: str) -> np.ndarray | None:
    """(rows, columns): what comes equally often by `student_training.sampling`."""
    classes = np.tile(labels, store.repeats)
    columns = {
        "none": (),
        "classes": (classes,),
        "speakers": (store.speaker_ids,),
        "both": (classes, store.speaker_ids),
    }[sampling]
    return np.stack(columns, axis=1) if columns else None


def balanced_weights(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """(classes,), N / (K N_k): each class counts the same in the sum.

    Example:
        >>> balanced_weights(np.array([0, 0, 0, 1]), 2).round(3)
        array([0.667, 2.   ])
    """
    counts = np.bincount(labels, minlength=num_classes)
    return len(labels) / (num_classes * np.maximum(counts, 1))
