"""How far a score could move: bootstrap intervals over speakers and the z-test."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from satn_keras.evaluation.scores import decisions


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
) -> Interval:
    """Percentile bootstrap interval of `ua`, drawn over speakers.

    Utterances of one speaker rise and fall together, so whole speakers are
    drawn with replacement; drawing utterances gives intervals too narrow.
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

    Returns:
        `Interval` of the unweighted accuracy.

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
    return _interval((labels, predictions), None, speakers, level, resamples, seed)


def bootstrap_difference(
    labels: Any,
    predictions: Any,
    baseline: Any,
    speakers: Sequence[str],
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap interval of `ua` minus the baseline's `ua`.

    Both systems are scored on the same draw of speakers, so what makes a
    speaker hard cancels. An interval that holds zero shows no difference.

    Args:
        labels: (utterances,), class indices of the truth.
        predictions: decisions or posteriors of the system.
        baseline: decisions or posteriors of the system to compare with, for
            the same utterances in the same order.
        speakers: (utterances,), who speaks.
        level: share of the resampled differences that the interval holds.
        resamples: how many times to draw.
        seed: of the draws.

    Returns:
        `Interval` of the difference, in [-1, 1].
    """
    return _interval((labels, predictions), baseline, speakers, level, resamples, seed)


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


def _interval(decided, baseline, speakers, level, resamples, seed) -> Interval:
    if not 0 < level < 1:
        raise ValueError(f"`level` must lie in (0, 1). Received: level={level}.")
    if resamples < 1:
        raise ValueError(
            f"`resamples` must be at least 1. Received: resamples={resamples}."
        )
    outcomes = _outcomes(*decided, baseline)
    if len(speakers) != len(outcomes):
        raise ValueError(
            "`speakers` must name one speaker an utterance. "
            f"Received: {len(speakers)} for {len(outcomes)} utterances."
        )
    names, owners = np.unique(np.asarray(speakers), return_inverse=True)
    clustered = len(names) > 1
    counts = np.zeros((len(names), outcomes.max() // 4 * 4 + 4), dtype="int64")
    np.add.at(counts, (owners, outcomes), 1)  # (speakers, outcomes)
    total = counts.sum(axis=0, keepdims=True)

    generator = np.random.default_rng(seed)
    if clustered:
        even = np.full(len(names), 1 / len(names))
        draws = generator.multinomial(len(names), even, size=resamples) @ counts
    else:  # utterances of one outcome are alike: drawing counts draws them
        draws = generator.multinomial(
            len(outcomes), total[0] / len(outcomes), size=resamples
        )
    margin = (1 - level) / 2
    low, high = np.quantile(_gain(draws), [margin, 1 - margin])
    return Interval(
        value=float(_gain(total)[0]),
        low=float(low),
        high=float(high),
        level=level,
        unit="speaker" if clustered else "utterance",
        num_units=len(names) if clustered else len(outcomes),
        num_resamples=resamples,
    )


def _outcomes(labels, predictions, baseline) -> np.ndarray:
    """A number for each (true class, system right, baseline right)."""
    labels, right = _right(labels, predictions)
    if baseline is None:  # never right: the gain over it is the score itself
        return labels * 4 + right * 2
    return labels * 4 + right * 2 + _right(labels, baseline)[1]


def _right(labels, predictions) -> tuple[np.ndarray, np.ndarray]:
    predictions = np.asarray(predictions)
    if predictions.ndim == 2:
        num_classes = predictions.shape[1]
    else:
        num_classes = (
            int(max(np.max(labels, initial=0), np.max(predictions, initial=0))) + 1
        )
    labels, predictions = decisions(labels, predictions, num_classes)
    return labels, (labels == predictions).astype("int64")


def _gain(draws: np.ndarray) -> np.ndarray:
    """Mean over classes of the system's recall minus the baseline's."""
    counts = draws.reshape(len(draws), -1, 2, 2)  # (draws, classes, system, baseline)
    total = counts.sum(axis=(2, 3))
    gain = counts[:, :, 1].sum(axis=2) - counts[:, :, :, 1].sum(axis=2)
    recall = np.divide(gain, total, where=total > 0, out=np.zeros(total.shape))
    return recall.sum(axis=1) / (total > 0).sum(axis=1)  # classes drawn only
