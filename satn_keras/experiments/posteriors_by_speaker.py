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
) -> np.ndarray:
    r"""Posteriors whose logarithms have the same mean for every speaker.

    $$\log p'_u
      = \log p_u - \frac{1}{|S|} \sum_{v \in S} \log p_v + c + \mathrm{const}$$

    for an utterance u of the speaker who said S, and c of the training part. The layer
    before the softmax is linear, so this centres the pooled statistics by speaker.
    It needs the speaker's audio alone, no label, and supposes that the speaker's
    emotions are mixed about as in training: one who is always angry would be heard as
    everything.

    Args:
        posteriors: (utterances, classes), rows of sum 1.
        speakers: whose each utterance is.
        center: c, (classes,), by `mean_log_posterior` of the training part.
        enrolled: posteriors of other utterances, and whose each is, over which the
            mean is taken; S is what the speaker said of them. Over `posteriors`
            themselves when absent.

    Returns:
        (utterances, classes), float32, rows of sum 1.

    Example:
        >>> posteriors = np.array([[0.9, 0.1], [0.6, 0.4]])
        >>> centred_by_speaker(posteriors, ["a", "a"], np.zeros(2)).round(2)
        array([[0.71, 0.29],
               [0.29, 0.71]], dtype=float32)
    """
    logs = _logarithm(posteriors)
    speakers = np.asarray(speakers, dtype=object)
    known, owners = enrolled or (posteriors, speakers)
    known, owners = _logarithm(known), np.asarray(owners, dtype=object)
    for speaker in np.unique(speakers):
        logs[speakers == speaker] += center - known[owners == speaker].mean(axis=0)
    logs -= logs.max(axis=1, keepdims=True)
    shares = np.exp(logs)
    return (shares / shares.sum(axis=1, keepdims=True)).astype("float32")


def whose(manifest: Manifest) -> list[str]:
    """Speaker of each utterance; equal names of two corpora are two people."""
    return [f"{one.dataset} {one.speaker}" for one in manifest]


def _logarithm(posteriors):
    posteriors = np.asarray(posteriors, "float64")
    return np.log(np.maximum(posteriors, np.finfo("float32").tiny))
