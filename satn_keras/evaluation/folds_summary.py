"""Folds and seeds summarised: mean confusion matrix, spread over seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from satn_keras.evaluation.scores import Scores, check_same_classes


def mean_confusion(scores: Sequence[Scores]) -> np.ndarray:
    """Mean over folds of the row-normalised confusion matrices.

    Each row is the share of a true class's utterances. A fold without a class
    leaves that row out of the row's mean. The diagonal is the mean of the folds'
    recalls, and so the mean of the diagonal the mean of their `ua` where every fold
    has every class; the shares of the pooled counts (`pool`) are another matrix,
    since folds differ in size.

    Args:
        scores: one a fold, all with the same classes.

    Returns:
        (classes, classes), float64, truth in rows, rows of sum 1; NaN in the row
        of a class that no fold has.

    Raises:
        ValueError: if there is no fold, or folds have other classes.

    Example:
        >>> from satn_keras.evaluation import score
        >>> first = score([0, 1], [[1, 0], [0, 1]], ["calm", "sad"])
        >>> second = score([0, 0], [[0, 1], [0, 1]], ["calm", "sad"])
        >>> mean_confusion([first, second])  # second has nobody sad
        array([[0.5, 0.5],
               [0. , 1. ]])

    References:
        Zhao et al., Self-attention transfer networks for speech emotion
        recognition, 2021, figure 3.
    """
    check_same_classes(scores)
    counts = np.asarray([part.confusion for part in scores], dtype="float64")
    totals = counts.sum(axis=2, keepdims=True)  # (folds, classes, 1)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    folds = (totals > 0).sum(axis=0)  # (classes, 1), folds that have the class
    empty = np.full(shares.shape[1:], np.nan)
    return np.divide(shares.sum(axis=0), folds, out=empty, where=folds > 0)
