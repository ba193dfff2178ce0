"""Resampled differences: p-values and counts known beforehand."""

import numpy as np
import pytest

from satn_keras.evaluation.resampling import Resampled, outcome_counts, resample


def test_the_p_value_is_twice_the_rarer_side_with_the_value_itself():
    draws = np.array([-0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    assert Resampled(0.4, draws, "speaker", 5).p_value == 2 * (1 + 1) / 10


def test_draws_of_one_sign_do_not_give_zero():
    assert Resampled(0.4, np.full(999, 0.4), "speaker", 5).p_value == 2 / 1000


def test_draws_of_nothing_but_zero_give_one():
    assert Resampled(0.0, np.zeros(99), "speaker", 5).p_value == 1.0


def test_outcomes_are_counted_by_speaker_class_and_who_is_right():
    counts = outcome_counts(
        [0, 0, 1, 1, 1], [0, 1, 1, 1, 0], [1, 1, 1, 0, 1], ["b", "a", "a", "b", "b"]
    )
    # Each class: neither, baseline alone, system alone, both.
    assert counts.tolist() == [[1, 0, 0, 0, 0, 0, 0, 1], [0, 0, 1, 0, 0, 1, 1, 0]]


def test_wa_counts_all_utterances_as_one_class():
    labels, decisions = [0, 0, 0, 1], [0, 0, 0, 0]
    speakers = ["a", "a", "b", "b"]
    for metric, expected in (("wa", 3 / 4), ("ua", 1 / 2)):
        resampled = resample(labels, decisions, None, speakers, 11, 0, metric)
        assert resampled.value == expected


def test_an_unknown_metric_is_refused():
    with pytest.raises(ValueError, match="'ua' or 'wa'. Received: 'f1'"):
        resample([0], [0], None, ["a"], 1, 0, "f1")
