"""Cross-validated guesses of labels by one categorical variable."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FOLDS = 5
AT_ONCE = 25  # labellings, so that memory stays small

Fold = tuple[np.ndarray, np.ndarray]  # places to learn from, places to guess


def folds_of(
    labels: np.ndarray, groups: np.ndarray | None = None, seed: int = 0
) -> list[Fold]:
    """At most five stratified folds, each group in one of them.

    Args:
        labels: (utterances,), class indices, each at least twice.
        groups: (utterances,), such as speakers, two at least; or None.
        seed: Of the draw.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    most = min(FOLDS, int(np.bincount(labels).min()))
    if groups is None:
        folds = StratifiedKFold(most, shuffle=True, random_state=seed)
    else:
        number = max(2, min(most, int(groups.max()) + 1))
        folds = StratifiedGroupKFold(number, shuffle=True, random_state=seed)
    found = folds.split(np.zeros(len(labels)), labels, groups)
    return [(train, test) for train, test in found if len(train) and len(test)]


def cross_validated_ua(
    cells: np.ndarray, labels: np.ndarray, folds: Sequence[Fold]
) -> np.ndarray:
    """Mean recall of the guesses on all folds together, for each labelling.

    Args:
        cells: (utterances,), int, what is known of each utterance.
        labels: (labellings, utterances), class indices.
        folds: Which utterances to learn from and which to guess.

    Returns:
        (labellings,), each in [0, 1].
    """
    parts = range(0, len(labels), AT_ONCE)
    return np.concatenate(
        [_mean_recall(cells, labels[part : part + AT_ONCE], folds) for part in parts]
    )


def _mean_recall(cells, labels, folds) -> np.ndarray:
    classes = int(labels.max()) + 1
    right = np.zeros(labels.shape)
    for train, test in folds:
        likely = _likelihoods(cells[train], labels[:, train], cells.max() + 1, classes)
        guesses = likely.argmax(axis=2)[:, cells[test]]  # (labellings, tested)
        right[:, test] = guesses == labels[:, test]
    totals = _counts(labels, classes)
    recalls = _counts(labels, classes, right) / np.maximum(totals, 1)
    return recalls.sum(axis=1) / (totals > 0).sum(axis=1)


def _likelihoods(cells, labels, num_cells, classes) -> np.ndarray:
    """(labellings, cells, classes), of a cell given a class, one added to each."""
    places = cells * classes + labels
    counts = _counts(places, num_cells * classes).reshape(-1, num_cells, classes)
    return (counts + 1) / (counts.sum(axis=1, keepdims=True) + num_cells)


def _counts(values, size, weights=None) -> np.ndarray:
    """(rows, size), how often, or with which weight, each value is in each row."""
    places = values + size * np.arange(len(values))[:, None]
    weights = None if weights is None else weights.ravel()
    counts = np.bincount(places.ravel(), weights, minlength=size * len(values))
    return counts.reshape(len(values), size)
