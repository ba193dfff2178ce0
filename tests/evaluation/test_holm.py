"""Holm's adjustment against statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from satn_keras.evaluation.holm import holm


@pytest.mark.parametrize("count", [1, 2, 7, 31])
def test_adjusted_p_values_are_those_of_statsmodels(count):
    values = np.random.default_rng(count).uniform(0, 0.2, size=count)
    _, expected, _, _ = multipletests(values, method="holm")
    np.testing.assert_allclose(holm(values), expected)


def test_equal_p_values_stay_equal_and_none_exceeds_one():
    assert holm([0.5, 0.5, 0.01]) == [1.0, 1.0, 0.03]


def test_no_comparison_needs_no_adjustment():
    assert holm([]) == []


@pytest.mark.parametrize("values", [[1.1], [-0.1], [float("nan")], [[0.1]]])
def test_what_is_no_p_value_is_refused(values):
    with pytest.raises(ValueError, match=r"numbers in \[0, 1\]"):
        holm(values)
