"""Statistics of an utterance's posteriors, a fixed number however long it is."""

from __future__ import annotations

import numpy as np


def utterance_statistics(posteriors, mask, threshold: float = 0.2) -> np.ndarray:
    r"""Four statistics of each class over the segments of each utterance.

    $$f_1 = \max_s P_s(E_k), \quad f_2 = \min_s P_s(E_k), \quad
    f_3 = \frac{1}{S} \sum_s P_s(E_k), \quad
    f_4 = \frac{|\{s : P_s(E_k) > \theta\}|}{S}$$

    (Han et al. 2014, eqs. 5 to 8).

    Args:
        posteriors: (utterances, segments, classes), padded.
        mask: (utterances, segments), bool, the true segments.
        threshold: $\theta$.

    Returns:
        (utterances, 4 classes), float64: all maxima, all minima, all means, all
        shares above the threshold.

    Raises:
        ValueError: if an utterance has no segment.

    Example:
        >>> posteriors = [[[0.9, 0.1], [0.5, 0.5], [0.0, 0.0]]]
        >>> utterance_statistics(posteriors, [[True, True, False]])
        array([[0.9, 0.5, 0.5, 0.1, 0.7, 0.3, 1. , 0.5]])

    References:
        Han, Yu, Tashev, Speech emotion recognition using deep neural network and
        extreme learning machine, Interspeech 2014.
    """
    posteriors = np.asarray(posteriors, "float64")
    mask = np.asarray(mask, bool)
    count = mask.sum(axis=1)[:, None]  # (utterances, 1)
    if not count.all():
        raise ValueError(
            "Every utterance must have at least one segment. "
            f"Utterance {int(np.argmin(count))} of the batch has none."
        )
    real = mask[..., None]  # (utterances, segments, 1)
    highest = np.where(real, posteriors, -np.inf).max(axis=1)
    lowest = np.where(real, posteriors, np.inf).min(axis=1)
    mean = np.where(real, posteriors, 0.0).sum(axis=1) / count
    share = (real & (posteriors > threshold)).sum(axis=1) / count
    return np.concatenate([highest, lowest, mean, share], axis=1)
