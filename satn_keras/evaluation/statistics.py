"""How far a score could move: bootstrap intervals over speakers and the z-test."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from satn_keras.evaluation.resampling import Resampled, resample


@dataclasses.dataclass(frozen=True)
class Interval:
    """A value and the range that resampling gives it.

    Args:
        value: of all utterances.
        low, high: percentiles that leave (1 - level) / 2 outside each.
        level: share of resampled values inside.
        unit: what was drawn, "speaker" or "utterance".
        num_units: how many of them there are.
        num_resamples: how many draws were made.
    """

    value: float
    low: float
    high: float
    level: float
    unit: str
    num_units: int
    num_resamples: int

    def to_dict(self) -> dict[str, Any]:
        """The same values for JSON."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap_interval(
    labels: Any,
    predictions: Any,
    speakers: Sequence[str],
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    metric: str = "ua",
) -> Interval:
    """Percentile bootstrap interval of `ua` or `wa`, drawn over speakers.

    Utterances of one speaker rise and fall together, so whole speakers are
    drawn with replacement; drawing utterances gives intervals too narrow. With
    fewer than about ten speakers these are too narrow as well, if far less.
    With a single speaker there is nothing to draw from: utterances are drawn
    then, and `unit` says so.

    Args:
        labels: (utterances,), class indices of the truth.
        predictions: (utterances,), class indices, or (utterances, classes),
            posteriors.
        speakers: (utterances,), who speaks.
        level: share of the resampled values that the interval holds.
        resamples: how many times to draw.
        seed: of the draws.
        metric: "ua", or "wa" for the weighted accuracy.

    Returns:
        `Interval` of the metric.

    Raises:
        ValueError: if lengths disagree, `level` lies outside (0, 1) or
            `resamples` is below 1.

    Example:
        >>> bootstrap_interval([0, 1, 0, 1], [0, 1, 1, 0], ["a", "a", "b", "b"]).high
        1.0

    References:
        Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13.
        Field & Welsh, Bootstrapping clustered data, 2007.
    """
    return _interval(
        (labels, predictions), None, speakers, level, resamples, seed, metric
    )


def bootstrap_difference(
    labels: Any,
    predictions: Any,
    baseline: Any,
    speakers: Sequence[str],
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    metric: str = "ua",
) -> Interval:
    """Percentile bootstrap interval of a score minus the baseline's.

    Both systems are scored on the same draw of speakers, so what makes a
    speaker hard cancels. An interval that holds zero shows no difference. With few
    speakers it is too narrow: see `permutation_p_value`.

    Args:
        labels: (utterances,), class indices of the truth.
        predictions: decisions or posteriors of the system.
        baseline: decisions or posteriors of the system to compare with, for
            the same utterances in the same order.
        speakers: (utterances,), who speaks.
        level: share of the resampled differences that the interval holds.
        resamples: how many times to draw.
        seed: of the draws.
        metric: "ua", or "wa" for the weighted accuracy.

    Returns:
        `Interval` of the difference, in [-1, 1].
    """
    return _interval(
        (labels, predictions), baseline, speakers, level, resamples, seed, metric
    )


def z_test(num_right: int, num_total: int, base_right: int, base_total: int) -> float:
    r"""One-tailed p-value that a share of right decisions beats the baseline's.

    $$z = \frac{p_1 - p_2}{\sqrt{p (1 - p) (1 / n_1 + 1 / n_2)}}$$

    with p the share of both together, the test under the results of Zhao et
    al. 2021. It takes utterances for independent, which utterances of one
    speaker are not: read it beside `bootstrap_difference`.

    Example:
        >>> round(z_test(60, 100, 50, 100), 4)  # z = 1.4213
        0.0776
    """
    for right, total in ((num_right, num_total), (base_right, base_total)):
        if not 0 <= right <= total or not total:
            raise ValueError(
                "Right decisions must lie between 0 and a total of at least 1. "
                f"Received: {right} of {total}."
            )
    share = (num_right + base_right) / (num_total + base_total)
    spread = np.sqrt(share * (1 - share) * (1 / num_total + 1 / base_total))
    gain = num_right / num_total - base_right / base_total
    return float(stats.norm.sf(gain / spread)) if spread else 0.5


def _interval(decided, baseline, speakers, level, resamples, seed, metric) -> Interval:
    resampled = resample(*decided, baseline, speakers, resamples, seed, metric)
    return interval_of(resampled, level)


def interval_of(resampled: Resampled, level: float) -> Interval:
    """Percentile interval of what `resample` gives."""
    if not 0 < level < 1:
        raise ValueError(f"`level` must lie in (0, 1). Received: level={level}.")
    margin = (1 - level) / 2
    low, high = np.quantile(resampled.draws, [margin, 1 - margin])
    return Interval(
        value=resampled.value,
        low=float(low),
        high=float(high),
        level=level,
        unit=resampled.unit,
        num_units=resampled.num_units,
        num_resamples=len(resampled.draws),
    )
