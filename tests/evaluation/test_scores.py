"""Scores against paper and pencil."""

import json
import math

import numpy as np
import pytest

from satn_keras.evaluation.scores import mean_and_deviation, pool, score

CLASSES = ("angry", "calm", "sad")
# Truth in rows: angry 3 of 4 right, calm 1 of 2, sad 1 of 5.
CONFUSION = ((3, 1, 0), (1, 1, 0), (2, 2, 1))


def decided(confusion):
    """Labels and one-hot posteriors that give the confusion matrix."""
    cells = [
        (truth, decision)
        for truth, row in enumerate(confusion)
        for decision, count in enumerate(row)
        for _ in range(count)
    ]
    labels, decisions = np.array(cells).T
    return labels, np.eye(len(confusion))[decisions]


def test_scores_are_those_counted_by_hand():
    scores = score(*decided(CONFUSION), CLASSES)
    assert scores.confusion == CONFUSION
    assert scores.num_utterances == 11
    assert scores.recall == {"angry": 3 / 4, "calm": 1 / 2, "sad": 1 / 5}
    assert scores.ua == pytest.approx((3 / 4 + 1 / 2 + 1 / 5) / 3)
    assert scores.wa == pytest.approx(5 / 11)
    # F1 = 2 right / (truths + decisions): 6/(4+6), 2/(2+4), 2/(5+1)
    assert scores.macro_f1 == pytest.approx((6 / 10 + 2 / 6 + 2 / 6) / 3)


def test_the_largest_posterior_decides_however_small_its_lead():
    scores = score([1], [[0.33, 0.34, 0.33]], CLASSES)
    assert scores.wa == 1.0


def test_a_class_without_utterances_counts_in_no_mean():
    # A fold whose speaker is never sad, yet once taken for sad.
    scores = score(*decided(((3, 0, 1), (0, 2, 0), (0, 0, 0))), CLASSES)
    assert scores.recall == {"angry": 3 / 4, "calm": 1.0, "sad": None}
    assert scores.ua == pytest.approx((3 / 4 + 1) / 2)
    assert scores.macro_f1 == pytest.approx((6 / 7 + 1) / 2)
    assert scores.confusion == ((3, 0, 1), (0, 2, 0), (0, 0, 0))


def test_the_published_class_counts_give_chance_when_all_is_called_neutral():
    # IEMOCAP's improvised part: 1099 neutral of 2943, four classes.
    labels = np.repeat([0, 1, 2, 3], [1099, 947, 608, 289])
    posteriors = np.tile([0.4, 0.3, 0.2, 0.1], (2943, 1))
    scores = score(labels, posteriors, ["neutral", "happy", "sad", "angry"])
    assert (scores.ua, scores.wa) == (0.25, 1099 / 2943)


def test_pooled_scores_are_those_of_the_joined_folds():
    labels, posteriors = decided(CONFUSION)
    folds = [
        score(labels[part], posteriors[part], CLASSES)
        for part in (slice(0, 3), slice(3, 8), slice(8, None))
    ]
    assert pool(folds) == score(labels, posteriors, CLASSES)


def test_folds_of_unequal_classes_pool_to_another_ua_than_their_mean():
    first = score([0, 1, 2], np.eye(3), CLASSES)  # recalls 1, 1, 1
    second = score([0, 0, 0], [[0, 1, 0]] * 3, CLASSES)  # angry 0 of 3
    summary = mean_and_deviation([first, second])
    assert summary["ua"]["mean"] == 0.5
    assert pool([first, second]).ua == pytest.approx((1 / 4 + 1 + 1) / 3)


def test_the_deviation_over_folds_is_the_sample_deviation():
    folds = [score([0] * 4, [[1, 0]] * n + [[0, 1]] * (4 - n), "ab") for n in (1, 2, 3)]
    summary = mean_and_deviation(folds)  # 0.25, 0.50, 0.75
    assert summary["wa"] == {"mean": 0.5, "deviation": 0.25}
    assert set(summary) == {"ua", "wa", "macro_f1"}


def test_a_single_fold_has_no_deviation():
    assert mean_and_deviation([score([0], [[1, 0]], "ab")])["ua"] == {
        "mean": 1.0,
        "deviation": None,
    }


def test_scores_survive_json():
    scores = score(*decided(((1, 0, 0), (1, 0, 0), (0, 0, 0))), CLASSES)
    values = json.loads(json.dumps(scores.to_dict(), allow_nan=False))
    assert values == {
        "classes": ["angry", "calm", "sad"],
        "ua": 0.5,
        "wa": 0.5,
        "macro_f1": pytest.approx(1 / 3),
        "recall": {"angry": 1.0, "calm": 0.0, "sad": None},
        "confusion": [[1, 0, 0], [1, 0, 0], [0, 0, 0]],
        "num_utterances": 2,
    }


@pytest.mark.parametrize(
    ("labels", "posteriors", "message"),
    [
        ([0], [[1.0, 0.0]], r"one column a class\. Received: shape=\(1, 2\) for 3"),
        ([0, 1], [[1, 0, 0]], "equally many. Received: 2 and 1"),
        ([3], [[1, 0, 0]], r"`labels` must lie in 0 \.\.\. 2\. Received: 3"),
        ([-1], [[1, 0, 0]], "Received: -1"),
        ([0.0], [[1, 0, 0]], "class indices. Received: dtype=float64"),
        (["sad"], [[1, 0, 0]], "class indices"),
        ([[0]], [[1, 0, 0]], r"shape=\(1, 1\)"),
        ([], np.zeros((0, 3)), "at least one"),
        ([0, 1], [[1, 0, 0], [0, math.nan, 0]], r"finite\..*nan.* in row 1"),
        ([0], [[1, math.inf, 0]], r"finite\..*inf.* in row 0"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_its_shape_or_value(
    labels, posteriors, message
):
    with pytest.raises(ValueError, match=message):
        score(labels, posteriors, CLASSES)


@pytest.mark.parametrize("combine", [pool, mean_and_deviation])
def test_folds_with_other_classes_do_not_combine(combine):
    folds = [score([0], [[1, 0]], ["a", "b"]), score([0], [[1, 0]], ["b", "a"])]
    with pytest.raises(ValueError, match="same classes"):
        combine(folds)
    with pytest.raises(ValueError, match="at least one fold"):
        combine([])
