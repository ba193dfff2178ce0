"""Mean confusion matrix and spread over seeds, by paper and pencil."""

import numpy as np
import pytest

from satn_keras.evaluation.folds_summary import mean_confusion
from satn_keras.evaluation.scores import mean_and_deviation, pool, score


def scored(*rows, classes=("angry", "calm")):
    """Scores of the confusion counts in `rows`."""
    cells = [
        (truth, decision)
        for truth, row in enumerate(rows)
        for decision, count in enumerate(row)
        for _ in range(count)
    ]
    labels, decisions = np.array(cells).T
    return score(labels, np.eye(len(classes))[decisions], classes)


def test_each_fold_counts_the_same_however_large():
    folds = [scored((1, 0), (1, 1)), scored((1, 3), (0, 8))]
    np.testing.assert_allclose(mean_confusion(folds), [[5 / 8, 3 / 8], [1 / 4, 3 / 4]])
    pooled = np.asarray(pool(folds).confusion)  # another matrix: 2/5, 9/10
    assert pooled[0, 0] / pooled[0].sum() == pytest.approx(2 / 5)


def test_the_mean_of_the_diagonal_is_the_mean_of_the_folds_ua():
    folds = [scored((3, 2), (1, 6)), scored((1, 1), (4, 1)), scored((7, 0), (2, 3))]
    mean = mean_and_deviation(folds)["ua"]["mean"]
    assert np.diag(mean_confusion(folds)).mean() == pytest.approx(mean)


def test_a_fold_without_a_class_leaves_that_row_out():
    folds = [scored((1, 1), (0, 4)), scored((1, 0), (0, 0))]
    np.testing.assert_allclose(mean_confusion(folds), [[3 / 4, 1 / 4], [0, 1]])


def test_a_class_that_no_fold_has_is_unknown():
    shares = mean_confusion([scored((2, 2), (0, 0))])
    np.testing.assert_array_equal(shares, [[0.5, 0.5], [np.nan, np.nan]])


def test_folds_with_other_classes_have_no_mean():
    other = scored((1, 0), (0, 1), classes=("calm", "angry"))
    with pytest.raises(ValueError, match="same classes"):
        mean_confusion([scored((1, 0), (0, 1)), other])
    with pytest.raises(ValueError, match="at least one fold"):
        mean_confusion([])
