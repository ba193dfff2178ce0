"""Randomisation test of two systems, their decisions swapped speaker by speaker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from satn_keras.evaluation.resampling import outcome_counts

MOST_EXACT = 14  # units; 2 ** 14 ways of swapping are all looked at


def permutation_p_value(
    labels: Any,
    predictions: Any,
    baseline: Any,
    speakers: Sequence[str],
    *,
    resamples: int = 10_000,
    seed: int = 0,
    metric: str = "ua",
) -> float:
    r"""Two-sided p-value that two systems are alike, speakers taken as a whole.

    Were the systems alike, nothing would tell whose decisions are whose: for each
    speaker they may be swapped. The p-value is the share of all swappings whose
    difference is at least as large as the one seen. Swapping turns the sign of a
    speaker's part of the difference,

    $$d_s = \frac{1}{K} \sum_{k=1}^{K} \frac{a_{sk} - b_{sk}}{n_k}$$

    with a and b the right decisions of the two systems and n_k the utterances of
    class k. The test is exact for few speakers, where a bootstrap over them is too
    bold; n speakers cannot give less than 2 / 2^n. With a single speaker
    utterances are swapped.

    Args:
        labels: (utterances,), class indices of the truth.
        predictions: decisions or posteriors of the system.
        baseline: the same of the system to compare with.
        speakers: (utterances,), who speaks.
        resamples: how many swappings to draw where there are more than 2^14.
        seed: of the draws.
        metric: "ua" or "wa".

    Example:
        >>> labels, speakers = [0, 0, 0, 0], ["a", "b", "c", "d"]
        >>> permutation_p_value(labels, [0, 0, 0, 0], [1, 1, 1, 1], speakers)
        0.125

    References:
        Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 2005.
        Yeh, More accurate tests for the statistical significance of result
        differences, 2000.
    """
    counts = outcome_counts(labels, predictions, baseline, speakers, metric)
    if len(counts) == 1:
        counts = _utterances(counts[0])
    parts = np.abs(gain := _parts(counts))
    parts = parts[parts > 1e-12]
    seen = abs(gain.sum()) - 1e-12  # sums in another order count as equal
    if len(parts) <= MOST_EXACT:
        return float((np.abs(_all_signs(len(parts)) @ parts) >= seen).mean())
    if resamples < 1:
        raise ValueError(
            f"`resamples` must be at least 1. Received: resamples={resamples}."
        )
    # Parts of one size are alike: how many keep their sign is binomial.
    sizes, numbers = np.unique(parts.round(15), return_counts=True)
    generator = np.random.default_rng(seed)
    kept = generator.binomial(numbers, 0.5, size=(resamples, len(sizes)))
    reached = np.abs((2 * kept - numbers) @ sizes) >= seen
    return float((reached.sum() + 1) / (resamples + 1))


def _parts(counts: np.ndarray) -> np.ndarray:
    """(units,), what each adds to the difference."""
    counts = counts.reshape(len(counts), -1, 2, 2)  # (units, classes, system, baseline)
    gain = counts[:, :, 1, 0] - counts[:, :, 0, 1]  # (units, classes)
    total = counts.sum(axis=(0, 2, 3))  # (classes,)
    return (gain[:, total > 0] / total[total > 0]).mean(axis=1)


def _utterances(counts: np.ndarray) -> np.ndarray:
    """(utterances, classes * 4), a single one in each row."""
    return np.repeat(np.eye(len(counts), dtype="int64"), counts, axis=0)


def _all_signs(units: int) -> np.ndarray:
    """(2 ** units, units), every pattern of 1 and -1."""
    patterns = np.arange(2**units)[:, None] >> np.arange(units)
    return 1 - 2 * (patterns & 1)
