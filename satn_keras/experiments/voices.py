"""Known voices of a training part, and how to tell them apart."""

from __future__ import annotations

import numpy as np
from sklearn.covariance import empirical_covariance, shrunk_covariance

from satn_keras.features.voices import LIMIT
from satn_keras.pipelines import FeatureStore
from satn_keras.pipelines.feature_store import Present

SHRINKAGE = 0.5  # of the covariance within voices


def fit_voices(store: FeatureStore, present: Present) -> list[np.ndarray]:
    """What `VoiceMixture.set_voices` takes, of the rows of a training part.

    Each speaker at each speed is a voice.

    Args:
        store: unnormalised features.
        present: which values of a row's frames count.
    """
    moments = np.stack(
        [_moments(frames, present(frames)) for frames in store.every_row()]
    )
    center, spread = moments.mean(axis=0), moments.std(axis=0) + 1e-6
    distances = np.clip((moments - center) / spread, -LIMIT, LIMIT)
    kernel, bias = _discriminant(distances, store.voice_ids)
    return [store.voice_statistics(present), center, spread, kernel, bias]


def _moments(frames, present):
    """(2 bands,), mean and deviation of each static band over the values that count."""
    static = frames[..., 0].astype("float64")  # (frames, bands)
    if present is None:
        present = np.ones(static.shape, bool)
    count = np.maximum(present.sum(axis=0), 1)
    mean = np.where(present, static, 0.0).sum(axis=0) / count
    squares = np.where(present, np.square(static - mean), 0.0).sum(axis=0) / count
    return np.concatenate([mean, np.sqrt(squares)])


def _discriminant(distances, voices):
    """Kernel (values, voices) and bias (voices,) of the score of each voice.

    Log densities of normal distributions around the voices' means, with one
    covariance within all voices, less what all have in common.
    """
    number = np.bincount(voices)
    means = np.zeros((len(number), distances.shape[1]))
    np.add.at(means, voices, distances)
    means /= number[:, np.newaxis]
    within = empirical_covariance(distances - means[voices], assume_centered=True)
    within = shrunk_covariance(within, SHRINKAGE)
    # Where nothing varies, as with one utterance of each voice, all are equally near.
    kernel = np.linalg.pinv(within, hermitian=True) @ means.T
    shares = np.log(number / number.sum())
    return kernel, shares - 0.5 * np.einsum("fv,vf->v", kernel, means)
