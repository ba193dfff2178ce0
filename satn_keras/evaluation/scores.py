"""Emotion labels and posteriors in, recalls and confusion counts out."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn import metrics

METRICS = ("ua", "wa", "macro_f1")


@dataclasses.dataclass(frozen=True)
class Scores:
    """What a set of decisions is worth.

    A class that no utterance carries has no recall: it counts in no mean, so
    that a speaker who never sounds angry does not lower the others' score.

    Args:
        classes: names, in the order of the label indices.
        ua: unweighted accuracy, the mean recall over classes present (also
            UAR, balanced accuracy), in [0, 1].
        wa: weighted accuracy, the share of right decisions (also WAR), in
            [0, 1].
        macro_f1: mean F1 over classes present, in [0, 1].
        recall: recall of each class by name, None for a class not present.
        confusion: counts, truth in rows, decisions in columns.
        num_utterances: how many decisions were counted.
    """

    classes: tuple[str, ...]
    ua: float
    wa: float
    macro_f1: float
    recall: Mapping[str, float | None]
    confusion: tuple[tuple[int, ...], ...]
    num_utterances: int

    def to_dict(self) -> dict[str, Any]:
        """The same values as lists, dicts and numbers that JSON can hold."""
        values = {**dataclasses.asdict(self), "classes": list(self.classes)}
        values["confusion"] = [list(row) for row in self.confusion]
        return values


def score(labels: Any, posteriors: Any, classes: Sequence[str]) -> Scores:
    """Scores of the most probable class of each utterance.

    Args:
        labels: (utterances,), class indices of the truth.
        posteriors: (utterances, classes), one finite number a class; the
            largest is the decision.
        classes: names, in the order of the columns.

    Returns:
        `Scores`.

    Raises:
        ValueError: if shapes disagree, an index names no class, a posterior
            is not finite or there is no utterance.

    Example:
        >>> score([0, 0, 0, 1], [[1, 0], [1, 0], [0, 1], [0, 1]], ["calm", "sad"]).wa
        0.75
    """
    labels, predictions = decisions(labels, posteriors, len(classes))
    counts = metrics.confusion_matrix(labels, predictions, labels=range(len(classes)))
    return _scores_of(counts, classes)


def pool(scores: Sequence[Scores]) -> Scores:
    """Scores of all folds' decisions counted together.

    The pooled `ua` is not the mean of the folds' `ua`: folds differ in how
    often a class occurs in them. Report both.

    Example:
        >>> first = score([0, 1], [[1, 0], [0, 1]], ["calm", "sad"])
        >>> second = score([0, 0], [[0, 1], [0, 1]], ["calm", "sad"])
        >>> round(pool([first, second]).ua, 3)  # (1/3 + 1/1) / 2
        0.667
    """
    check_same_classes(scores)
    counts = np.sum([part.confusion for part in scores], axis=0)
    return _scores_of(counts, scores[0].classes)


def mean_and_deviation(scores: Sequence[Scores]) -> dict[str, dict[str, float | None]]:
    """Mean and sample standard deviation of each metric over folds.

    Returns:
        `{"ua": {"mean": ..., "deviation": ...}, "wa": ..., "macro_f1": ...}`.
        The deviation of a single fold is None.
    """
    check_same_classes(scores)
    summary = {}
    for name in METRICS:
        values = [getattr(part, name) for part in scores]
        deviation = statistics.stdev(values) if len(values) > 1 else None
        summary[name] = {"mean": statistics.fmean(values), "deviation": deviation}
    return summary


def decisions(
    labels: Any, predictions: Any, num_classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Checked class indices of truth and decision.

    Args:
        labels: (utterances,), class indices.
        predictions: (utterances,), class indices, or (utterances, classes),
            posteriors.
        num_classes: how many classes there are.

    Raises:
        ValueError: as `score`.
    """
    predictions = np.asarray(predictions)
    if predictions.ndim == 2:
        predictions = _most_probable(predictions, num_classes)
    labels = _indices(labels, "labels", num_classes)
    predictions = _indices(predictions, "predictions", num_classes)
    if len(labels) != len(predictions):
        raise ValueError(
            "`labels` and predictions must be equally many. "
            f"Received: {len(labels)} and {len(predictions)}."
        )
    return labels, predictions


def _most_probable(posteriors: np.ndarray, num_classes: int) -> np.ndarray:
    if posteriors.shape[1] != num_classes:
        raise ValueError(
            "`posteriors` must have one column a class. "
            f"Received: shape={posteriors.shape} for {num_classes} classes."
        )
    rows = np.flatnonzero(~np.isfinite(posteriors.astype("float64")).all(axis=1))
    if rows.size:
        raise ValueError(
            "`posteriors` must be finite. "
            f"Received: {posteriors[rows[0]].tolist()} in row {rows[0]}."
        )
    return posteriors.argmax(axis=1)


def _indices(values: Any, name: str, num_classes: int) -> np.ndarray:
    values = np.asarray(values)
    if values.ndim != 1 or not values.size:
        raise ValueError(
            f"`{name}` must have one entry an utterance and at least one. "
            f"Received: shape={values.shape}."
        )
    if not np.issubdtype(values.dtype, np.integer):
        raise ValueError(
            f"`{name}` must be class indices. Received: dtype={values.dtype}."
        )
    outside = values[(values < 0) | (values >= num_classes)]
    if outside.size:
        raise ValueError(
            f"`{name}` must lie in 0 ... {num_classes - 1}. Received: {outside[0]}."
        )
    return values


def check_same_classes(scores: Sequence[Scores]) -> None:
    """Refuse folds that cannot be combined."""
    if len({part.classes for part in scores}) != 1:
        raise ValueError(
            "`scores` must hold at least one fold, all with the same classes. "
            f"Received: {[part.classes for part in scores]}."
        )


def _scores_of(counts: np.ndarray, classes: Sequence[str]) -> Scores:
    truth, predicted = np.nonzero(counts)
    weights = counts[truth, predicted]  # each kind of decision, once
    recall = metrics.recall_score(
        truth,
        predicted,
        labels=range(len(classes)),
        average=None,
        sample_weight=weights,
        zero_division=np.nan,
    )
    present = np.unique(truth)
    return Scores(
        classes=tuple(classes),
        ua=float(recall[present].mean()),
        wa=float(metrics.accuracy_score(truth, predicted, sample_weight=weights)),
        macro_f1=float(
            metrics.f1_score(
                truth,
                predicted,
                labels=present,
                average="macro",
                sample_weight=weights,
                zero_division=0.0,
            )
        ),
        recall={
            name: float(value) if index in present else None
            for index, (name, value) in enumerate(zip(classes, recall, strict=True))
        },
        confusion=tuple(tuple(int(count) for count in row) for row in counts),
        num_utterances=int(counts.sum()),
    )
