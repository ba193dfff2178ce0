"""Scores of resampled speakers, many draws at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from satn_keras.evaluation.scores import decisions


@dataclasses.dataclass(frozen=True)
class Resampled:
    """A score, or the difference of two, and what resampling makes of it.

    Args:
        value: of all utterances.
        draws: (resamples,), one value a draw.
        unit: what was drawn, "speaker" or "utterance", or "speaker and seed".
        num_units: how many of them there are, of the last how many speakers.
    """

    value: float
    draws: np.ndarray
    unit: str
    num_units: int

    @property
    def p_value(self) -> float:
        """Two-sided: twice the share of draws on the rarer side of zero.

        It is below 1 - level just where the percentile interval leaves zero out;
        value and draws count together, so that no finite number of draws gives 0.
        """
        sides = (self.draws <= 0).sum(), (self.draws >= 0).sum()
        return float(min(1.0, 2 * (min(sides) + 1) / (len(self.draws) + 1)))


def resample(
    labels: Any,
    predictions: Any,
    baseline: Any,
    speakers: Sequence[str],
    resamples: int,
    seed: int,
    metric: str = "ua",
) -> Resampled:
    """Score of whole speakers drawn with replacement, less the baseline's.

    With a single speaker utterances are drawn.

    Args:
        labels: (utterances,), class indices of the truth.
        predictions: decisions or posteriors of the system.
        baseline: the same of the system to compare with, or None for the score
            itself.
        speakers: (utterances,), who speaks.
        resamples: how many times to draw.
        seed: of the draws.
        metric: "ua" or "wa".
    """
    if resamples < 1:
        raise ValueError(
            f"`resamples` must be at least 1. Received: resamples={resamples}."
        )
    counts = outcome_counts(labels, predictions, baseline, speakers, metric)
    total = counts.sum(axis=0, keepdims=True)
    generator = np.random.default_rng(seed)
    clustered = len(counts) > 1
    if clustered:
        even = np.full(len(counts), 1 / len(counts))
        draws = generator.multinomial(len(counts), even, size=resamples) @ counts
    else:  # utterances of one outcome are alike: drawing counts draws them
        draws = generator.multinomial(
            total.sum(), total[0] / total.sum(), size=resamples
        )
    return Resampled(
        value=float(_gain(total)[0]),
        draws=_gain(draws),
        unit="speaker" if clustered else "utterance",
        num_units=len(counts) if clustered else int(total.sum()),
    )


def resample_with_seeds(
    labels: Any,
    predictions: Any,
    baseline: Any,
    speakers: Sequence[str],
    seeds: Sequence[int],
    resamples: int,
    seed: int,
    metric: str = "ua",
) -> Resampled:
    """As `resample`, seeds of the training drawn with replacement as well.

    Speakers and seeds cross: each draw takes some speakers and, independently, some
    seeds, and counts every decision of the one in the other. What a seed does to all
    speakers then moves the score, as it does not where speakers alone are drawn.

    Args:
        labels: (decisions,), class indices of the truth.
        predictions: decisions or posteriors of the system.
        baseline: the same of the system to compare with, or None.
        speakers: (decisions,), who speaks.
        seeds: (decisions,), of the training that decided.
        resamples: how many times to draw.
        seed: of the draws.
        metric: "ua" or "wa".

    References:
        Owen, The pigeonhole bootstrap, 2007.
    """
    seeds, speakers = np.asarray(seeds), np.asarray(speakers)
    owners = [f"{one} {speaker}" for one, speaker in zip(seeds, speakers, strict=True)]
    counts = outcome_counts(labels, predictions, baseline, owners, metric)
    pairs = np.unique(owners, return_index=True)[1]  # a decision of each row of counts
    axes = [np.unique(each[pairs], return_inverse=True) for each in (seeds, speakers)]
    sizes = [len(names) for names, _ in axes]
    table = np.zeros((*sizes, counts.shape[1]), "int64")
    table[axes[0][1], axes[1][1]] = counts  # (seeds, speakers, outcomes)
    generator = np.random.default_rng(seed)
    drawn = [
        generator.multinomial(size, np.full(size, 1 / size), size=resamples)
        for size in sizes
    ]
    draws = np.einsum("dk,ds,ksc->dc", *drawn, table, optimize=True)
    draws = draws[draws.sum(axis=1) > 0]  # a seed may lack the speakers drawn
    total = counts.sum(axis=0, keepdims=True)
    return Resampled(float(_gain(total)[0]), _gain(draws), "speaker and seed", sizes[1])


def outcome_counts(labels, predictions, baseline, speakers, metric="ua") -> np.ndarray:
    """(speakers, classes * 4), utterances of each outcome.

    The four outcomes of a class: both wrong, only the baseline right, only the
    system right, both right. For "wa" all utterances count as one class.

    Raises:
        ValueError: if lengths disagree or `metric` is unknown.
    """
    if metric not in ("ua", "wa"):
        raise ValueError(f"`metric` must be 'ua' or 'wa'. Received: {metric!r}.")
    labels, right = right_decisions(labels, predictions)
    outcomes = (labels if metric == "ua" else 0) * 4 + right * 2
    if baseline is not None:  # else never right: the gain is the score itself
        outcomes = outcomes + right_decisions(labels, baseline)[1]
    if len(speakers) != len(outcomes):
        raise ValueError(
            "`speakers` must name one speaker an utterance. "
            f"Received: {len(speakers)} for {len(outcomes)} utterances."
        )
    names, owners = np.unique(np.asarray(speakers), return_inverse=True)
    counts = np.zeros((len(names), outcomes.max() // 4 * 4 + 4), dtype="int64")
    np.add.at(counts, (owners, outcomes), 1)
    return counts


def right_decisions(labels: Any, predictions: Any) -> tuple[np.ndarray, np.ndarray]:
    """Checked class indices of the truth, and 1 where the decision is right."""
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
