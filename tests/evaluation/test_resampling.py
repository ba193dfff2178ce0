"""Resampled differences: p-values and counts known beforehand."""

import numpy as np
import pytest

from satn_keras.evaluation.resampling import (
    Resampled,
    outcome_counts,
    resample,
    resample_with_seeds,
)


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


# The system is right in every decision of seed 1 and in none of seed 2; the baseline
# in none. Of two seeds drawn both are 1 in a quarter of the draws, both 2 in another.
def test_seeds_that_disagree_move_the_score_where_seeds_are_drawn():
    seeds, speakers = [1, 1, 2, 2], ["a", "b", "a", "b"]
    parts = [0] * 4, [0, 0, 1, 1], [1] * 4, speakers
    crossed = resample_with_seeds(*parts, seeds, 4000, 0)
    known = crossed.value, crossed.unit, crossed.num_units
    assert known == (0.5, "speaker and seed", 2)
    values, counts = np.unique(crossed.draws, return_counts=True)
    assert values.tolist() == [0.0, 0.5, 1.0]
    np.testing.assert_allclose(counts / 4000, [0.25, 0.5, 0.25], atol=0.03)
    alone = resample(*parts, 4000, 0)  # by speakers alone nothing moves
    assert set(alone.draws.tolist()) == {0.5}


def test_seeds_that_agree_move_nothing():
    labels, system, baseline = [0, 0, 1] * 2, [0, 1, 1] * 2, [0, 0, 0] * 2
    speakers = ["a", "b", "b"]
    crossed = resample_with_seeds(
        labels, system, baseline, speakers * 2, [1] * 3 + [2] * 3, 500, 0
    )
    single = resample(labels[:3], system[:3], baseline[:3], speakers, 500, 0)
    assert crossed.value == single.value
    assert set(crossed.draws.tolist()) == set(single.draws.tolist())


def test_a_seed_without_some_speakers_counts_where_it_has_decided():
    # Seed 2 heard "a" alone: of every draw that has decisions all are right.
    draws = resample_with_seeds(
        [0, 0, 0], [0, 0, 0], [1, 1, 1], ["a", "b", "a"], [1, 1, 2], 300, 0
    ).draws
    assert 150 < len(draws) < 300 and set(draws.tolist()) == {1.0}
