"""Known voices of a training part, and how to tell them apart."""

from __future__ import annotations

import numpy as np

from satn_keras.experiments.discriminant import fit_discriminant
from satn_keras.pipelines import FeatureStore
from satn_keras.pipelines.feature_store import Present

SHRINKAGE = 0.5  # of the covariance within voices


def fit_voices(store: FeatureStore, present: Present) -> list[np.ndarray]:
    """What `VoiceMixture.set_voices` takes, of the rows of a training part.

    Each speaker in each version is a voice.

    Args:
        store: unnormalised features.
        present: which values of a row's frames count.
    """
    moments = np.stack(
        [_moments(frames, present(frames)) for frames in store.every_row()]
    )
    discriminant = fit_discriminant(moments, store.voice_ids, SHRINKAGE)
    return [store.voice_statistics(present), *discriminant]


def _moments(frames, present):
    """(2 bands,), mean and deviation of each static band over the values that count."""
    static = frames[..., 0].astype("float64")  # (frames, bands)
    if present is None:
        present = np.ones(static.shape, bool)
    count = np.maximum(present.sum(axis=0), 1)
    mean = np.where(present, static, 0.0).sum(axis=0) / count
    squares = np.where(present, np.square(static - mean), 0.0).sum(axis=0) / count
    return np.concatenate([mean, np.sqrt(squares)])
