"""Whether posteriors mean what they say: reliability, ECE, likelihood, Brier."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from satn_keras.evaluation.scores import decisions

SMALLEST = float(np.finfo("float32").tiny)  # posterior whose logarithm is finite


@dataclasses.dataclass(frozen=True)
class Reliability:
    """Confidence beside accuracy, in bins of confidence and in one figure each.

    Confidence is the largest posterior of an utterance.

    Args:
        edges: (bins + 1,), limits of the bins; a bin holds its upper limit.
        confidence: (bins,), mean confidence in each, None where a bin is empty.
        accuracy: (bins,), share of right decisions in each, None where empty.
        count: (bins,), utterances in each.
        expected_calibration_error: mean gap of confidence and accuracy, each bin
            by its share of the utterances; in [0, 1].
        negative_log_likelihood: mean of -ln of the true class's posterior, nats.
        brier: mean squared distance of the posterior from the truth, summed over
            classes; in [0, 2].
    """

    edges: tuple[float, ...]
    confidence: tuple[float | None, ...]
    accuracy: tuple[float | None, ...]
    count: tuple[int, ...]
    expected_calibration_error: float
    negative_log_likelihood: float
    brier: float

    def to_dict(self) -> dict[str, Any]:
        """The same values as lists and numbers that JSON can hold."""
        values = dataclasses.asdict(self)
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
        }


def reliability(labels: Any, posteriors: Any, bins: int = 10) -> Reliability:
    r"""How well posteriors are calibrated.

    $$\mathrm{ECE} = \sum_b \frac{n_b}{n}
        \left| \mathrm{acc}_b - \mathrm{conf}_b \right|$$

    Args:
        labels: (utterances,), class indices of the truth.
        posteriors: (utterances, classes), rows of sum 1.
        bins: of equal width, from 0 to 1.

    Returns:
        `Reliability`.

    Raises:
        ValueError: if `bins` is below 1, a row is no posterior or shapes disagree.

    Example:
        >>> result = reliability([0, 1], [[0.9, 0.1], [0.7, 0.3]])
        >>> round(result.expected_calibration_error, 3)  # (0.1 + 0.7) / 2
        0.4

    References:
        Guo et al., On calibration of modern neural networks, 2017. Brier,
        Verification of forecasts expressed in terms of probability, 1950.
    """
    if bins < 1:
        raise ValueError(f"`bins` must be at least 1. Received: bins={bins}.")
    posteriors = _posteriors(posteriors)
    labels, predictions = decisions(labels, posteriors, posteriors.shape[1])
    confidence, right = posteriors.max(axis=1), labels == predictions
    edges = np.linspace(0, 1, bins + 1)
    owners = np.searchsorted(edges[1:-1], confidence, side="left")
    count = np.bincount(owners, minlength=bins)
    confidences = np.bincount(owners, confidence, minlength=bins)
    rights = np.bincount(owners, right, minlength=bins)
    truth = posteriors[np.arange(len(labels)), labels]
    squares = (posteriors - np.eye(posteriors.shape[1])[labels]) ** 2
    return Reliability(
        edges=tuple(edges.tolist()),
        confidence=_means(confidences, count),
        accuracy=_means(rights, count),
        count=tuple(count.tolist()),
        expected_calibration_error=float(np.abs(rights - confidences).sum())
        / len(labels),
        negative_log_likelihood=float(-np.log(np.maximum(truth, SMALLEST)).mean()),
        brier=float(squares.sum(axis=1).mean()),
    )


def _posteriors(values: Any) -> np.ndarray:
    values = np.asarray(values, dtype="float64")
    if values.ndim != 2 or not values.size:
        raise ValueError(
            "`posteriors` must have one row an utterance and one column a class. "
            f"Received: shape={values.shape}."
        )
    sound = (values >= 0).all(axis=1) & np.isclose(values.sum(axis=1), 1, atol=1e-3)
    if not sound.all():
        row = int(np.argmin(sound))
        raise ValueError(
            "`posteriors` must be rows of sum 1, none negative. "
            f"Received: {values[row].tolist()} in row {row}."
        )
    return values


def _means(sums: np.ndarray, count: np.ndarray) -> tuple[float | None, ...]:
    return tuple(
        float(total / number) if number else None
        for total, number in zip(sums, count, strict=True)
    )
