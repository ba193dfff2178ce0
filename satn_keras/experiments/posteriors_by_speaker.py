"""Posteriors freed of what sets one speaker apart from all others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from satn_keras.corpora import Manifest


def mean_log_posterior(posteriors: np.ndarray) -> np.ndarray:
    """(classes,), mean over utterances of the log posterior (utterances, classes)."""
    return _logarithm(posteriors).mean(axis=0)


def centred_by_speaker(
    posteriors: np.ndarray,
    speakers: Sequence,
    center: np.ndarray,
    enrolled: tuple[np.ndarray, Sequence] | None = None,
    relevance: float = 0.0,
) -> np.ndarray:
    r"""Posteriors whose logarithms have the same mean for every speaker.

    $$\log p'_u = \log p_u
      + \frac{|S|}{|S| + r} \Big(c - \frac{1}{|S|} \sum_{v \in S} \log p_v\Big)
      + \mathrm{const}$$

    for an utterance u of the speaker who said S, c of the training part and the
    relevance r. The layer before the softmax is linear, so this centres the pooled
    statistics by speaker. It needs the speaker's audio alone, no label, and supposes
    that the speaker's emotions are mixed about as in training: one who is always angry
    would be heard as everything. With r above 0 the mean of a few utterances, which
    says more of their emotions than of their speaker, moves posteriors little.

    Args:
        posteriors: (utterances, classes), rows of sum 1.
        speakers: whose each utterance is.
        center: c, (classes,), by `mean_log_posterior` of the training part.
        enrolled: posteriors of other utterances, and whose each is, over which the
            mean is taken; S is what the speaker said of them. Over `posteriors`
            themselves when absent.
        relevance: r, utterances at which a speaker's own mean counts by half.

    Returns:
        (utterances, classes), float32, rows of sum 1.

    Raises:
        ValueError: if somebody among `speakers` has no enrolled utterance.

    References:
        Reynolds, Quatieri, Dunn 2000, Speaker verification using adapted Gaussian
        mixture models, section 3.3, for the relevance factor.

    Example:
        >>> posteriors = np.array([[0.9, 0.1], [0.6, 0.4]])
        >>> centred_by_speaker(posteriors, ["a", "a"], np.zeros(2)).round(2)
        array([[0.71, 0.29],
               [0.29, 0.71]], dtype=float32)
    """
    if enrolled is not None:
        enrolled = _logarithm(enrolled[0]), enrolled[1]
    logs = centred_logs(_logarithm(posteriors), speakers, center, enrolled, relevance)
    logs -= logs.max(axis=1, keepdims=True)
    shares = np.exp(logs)
    return (shares / shares.sum(axis=1, keepdims=True)).astype("float32")


def centred_logs(
    logs: np.ndarray,
    speakers: Sequence,
    center: np.ndarray,
    enrolled: tuple[np.ndarray, Sequence] | None = None,
    relevance: float = 0.0,
) -> np.ndarray:
    """Logarithms of `centred_by_speaker`, up to a number of each row."""
    speakers = np.asarray(speakers, dtype=object)
    known, owners = (logs, speakers) if enrolled is None else enrolled
    owners = np.asarray(owners, dtype=object)
    moved = logs.copy()
    for speaker in np.unique(speakers):
        own = known[owners == speaker]
        if not len(own):
            raise ValueError(f"{speaker} has no utterance among those enrolled.")
        share = len(own) / (len(own) + relevance)
        moved[speakers == speaker] += share * (center - own.mean(axis=0))
    return moved


def whose(manifest: Manifest) -> list[str]:
    """Speaker of each utterance; equal names of two corpora are two people."""
    return [f"{one.dataset} {one.speaker}" for one in manifest]


def _logarithm(posteriors):
    posteriors = np.asarray(posteriors, "float64")
    return np.log(np.maximum(posteriors, np.finfo("float32").tiny))
