"""When a trial stops between folds, by numbers worked out on paper."""

import pytest

from satn_keras.errors import ConfigError
from satn_keras.tuning.pruning import Pruning, best_of, deficit, expected

BEST = {"anna": 0.70, "bert": 0.40, "cora": 0.55, "dirk": 0.35}  # mean 0.50


@pytest.mark.parametrize(
    ("own", "stops"),
    [
        ({}, False),
        ({"anna": 0.10}, False),  # one fold, and two are asked
        ({"anna": 0.60, "bert": 0.31}, False),  # 0.095 behind
        ({"anna": 0.60, "bert": 0.29}, True),  # 0.105 behind
        ({"anna": 0.90, "bert": 0.01}, False),  # 0.095 behind, unevenly
        ({"bert": 0.40, "dirk": 0.35}, False),  # mean 0.375, but as good on these
        ({"anna": 0.5, "bert": 0.4, "cora": 0.4, "dirk": 0.1}, False),  # all run
    ],
)
def test_a_trial_stops_where_it_is_behind_on_the_same_folds(own, stops):
    assert Pruning(margin=0.1, after=2).stops(own, BEST) is stops


def test_nothing_stops_before_a_trial_is_finished():
    assert not Pruning(after=1).stops({"anna": 0.0}, None)


def test_the_expected_mean_is_as_far_behind_as_the_folds_that_were_run():
    own = {"anna": 0.60, "bert": 0.20}  # mean 0.40, easier than all four
    assert deficit(own, BEST) == pytest.approx(0.15)
    assert expected(own, BEST) == pytest.approx(0.35)


def test_the_best_has_the_highest_mean_over_all_folds():
    assert best_of([{"a": 0.9, "b": 0.1}, {"a": 0.4, "b": 0.7}]) == {"a": 0.4, "b": 0.7}
    assert best_of([]) is None


@pytest.mark.parametrize("margin", [0.0, 1.0, -0.1, float("nan")])
def test_a_margin_out_of_range_is_refused(margin):
    with pytest.raises(ConfigError, match="--prune-margin must be above 0"):
        Pruning(margin=margin)


def test_a_rule_that_needs_no_fold_is_refused():
    with pytest.raises(ConfigError, match="--prune-after must be at least 1"):
        Pruning(after=0)
