"""McNemar's test against statsmodels."""

import numpy as np
import pytest
from statsmodels.stats import contingency_tables

from satn_keras.evaluation.mcnemar import mcnemar


def decided(both, only_system, only_baseline, neither):
    """Labels and the decisions of two systems that give these counts."""
    counts = (both, only_system, only_baseline, neither)
    system = np.repeat([1, 1, 0, 0], counts)
    baseline = np.repeat([1, 0, 1, 0], counts)
    return np.ones(sum(counts), int), system, baseline


@pytest.mark.parametrize(
    "counts", [(10, 9, 2, 5), (3, 0, 1, 0), (50, 14, 10, 1), (7, 4, 4, 7)]
)
def test_few_discordant_pairs_are_tested_exactly(counts):
    test = mcnemar(*decided(*counts))
    expected = contingency_tables.mcnemar(
        [[counts[0], counts[1]], [counts[2], counts[3]]], exact=True
    )
    assert test.exact
    assert test.statistic == expected.statistic
    assert test.p_value == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("counts", [(10, 20, 5, 3), (0, 101, 60, 0), (90, 13, 12, 9)])
def test_many_discordant_pairs_are_tested_by_corrected_chi_square(counts):
    test = mcnemar(*decided(*counts))
    expected = contingency_tables.mcnemar(
        [[counts[0], counts[1]], [counts[2], counts[3]]], exact=False, correction=True
    )
    assert not test.exact
    assert test.statistic == pytest.approx(expected.statistic)
    assert test.p_value == pytest.approx(expected.pvalue)


def test_equally_many_gains_and_losses_show_nothing():
    # statsmodels has a statistic of 1/40 here: its correction passes zero.
    test = mcnemar(*decided(3, 20, 20, 3))
    assert (test.statistic, test.p_value) == (0.0, 1.0)


def test_systems_that_always_agree_show_nothing():
    assert mcnemar([0, 1, 1], [0, 1, 0], [0, 1, 0]).p_value == 1.0


def test_the_four_counts_are_kept():
    test = mcnemar(*decided(11, 7, 5, 3))
    counts = (11, 7, 5, 3)
    assert counts == (
        test.both_right,
        test.only_system_right,
        test.only_baseline_right,
        test.both_wrong,
    )


def test_two_wrong_decisions_need_not_be_the_same():
    test = mcnemar([0, 0], [1, 0], [2, 0])
    assert (test.both_wrong, test.both_right) == (1, 1)


def test_systems_of_other_utterances_are_refused():
    with pytest.raises(ValueError, match="equally many"):
        mcnemar([0, 1], [0, 1], [0])
