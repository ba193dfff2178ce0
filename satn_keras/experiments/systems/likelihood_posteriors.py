"""Posteriors of classes from the log likelihoods of hidden Markov models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.special

from satn_keras.experiments.systems.elm_stage import fit_sharpness


def posteriors_of(
    log_likelihoods: np.ndarray, lengths: Sequence[int], sharpness: float
) -> np.ndarray:
    r"""Posterior of each class, every class as likely as the others beforehand.

    $$p(k \mid x) = \operatorname{softmax}_k
      \left(\frac{s}{T} \log p(x \mid k)\right)$$

    The class of the greatest likelihood has the greatest posterior. Frames next to
    each other are far from independent, so that the sum over T frames would make
    every posterior 0 or 1; the mean over frames times the sharpness s does not.

    Args:
        log_likelihoods: (utterances, classes).
        lengths: frames of each utterance.
        sharpness: s, above 0.

    Returns:
        (utterances, classes), float32.

    Example:
        >>> posteriors_of(np.log([[0.5, 0.25]]), [1], sharpness=1.0).round(3)
        array([[0.667, 0.333]], dtype=float32)
    """
    scores = sharpness * frame_mean(log_likelihoods, lengths)
    return scipy.special.softmax(scores, axis=1).astype("float32")


def choose_sharpness(
    log_likelihoods: np.ndarray, lengths: Sequence[int], labels: np.ndarray
) -> float:
    """Sharpness that makes the labels of the validation part most probable.

    Args:
        log_likelihoods: (utterances, classes).
        lengths: frames of each utterance.
        labels: (utterances,), the true classes.
    """
    return fit_sharpness(frame_mean(log_likelihoods, lengths), labels)


def frame_mean(log_likelihoods: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """(utterances, classes): log likelihood a frame."""
    return log_likelihoods / np.asarray(lengths)[:, None]
