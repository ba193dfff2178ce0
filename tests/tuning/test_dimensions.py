"""Listed values and ranges of one searched key."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satn_keras.errors import ConfigError
from satn_keras.tuning.dimensions import Dimension, make_dimension


def values(*items, integer=False):
    return make_dimension("transfer.weight", items, integer).values


def test_a_logarithmic_range_multiplies_by_the_same_factor():
    assert values("0.01..10:log:4") == (0.01, 0.1, 1.0, 10.0)


def test_a_logarithmic_range_has_three_values_a_decade():
    assert values("0.01..1:log") == (0.01, 0.0215, 0.0464, 0.1, 0.215, 0.464, 1.0)


def test_zero_stands_beside_a_logarithmic_range():
    assert values(0, "0.1..10:log:3") == (0, 0.1, 1.0, 10.0)


def test_a_linear_range_has_six_values_in_even_steps():
    assert values("0..0.5") == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)


def test_a_range_of_whole_numbers_has_all_of_them():
    assert values("2..5", integer=True) == (2, 3, 4, 5)


def test_whole_numbers_on_a_logarithmic_scale_are_rounded_and_each_there_once():
    assert values("1..8:log:10", integer=True) == (1, 2, 3, 4, 5, 6, 8)


def test_numbers_rise_and_are_there_once():
    assert values(1, 0.5, "0.5..1:2", 0.0) == (0.0, 0.5, 1)


def test_words_keep_their_order():
    dimension = make_dimension("transfer.map", ["attention", "activation"])
    assert dimension.values == ("attention", "activation")
    assert not dimension.is_ordered


def test_truth_is_no_number():
    assert make_dimension("student.causal_attention", [False, 0]).values == (False, 0)
    assert not Dimension("student.causal_attention", (False, True)).is_ordered


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ("1..0.1", "must rise"),
        ("0..1:log", "begin above 0; list 0 beside it"),
        ("0.1..x", "is no range"),
        ("0.1..1:lin", "is no range"),
        ("0.1..1:1", "is no range"),
    ],
)
def test_a_range_that_is_none_is_named(item, told):
    with pytest.raises(ConfigError, match="search transfer.weight: .*" + told):
        values(item)


def test_a_key_without_values_is_refused():
    with pytest.raises(ConfigError, match="search transfer.weight: no value"):
        values()


@given(
    low=st.floats(1e-4, 1.0),
    decades=st.floats(0.1, 5.0),
    count=st.integers(2, 40),
)
def test_a_logarithmic_range_rises_from_end_to_end(low, decades, count):
    high = low * 10**decades
    found = values(f"{low!r}..{high!r}:log:{count}")
    assert (found[0], found[-1]) == (low, high)
    assert all(one < other for one, other in zip(found, found[1:], strict=False))
    factor = decades / (count - 1)
    for place, value in enumerate(found if len(found) == count else ()):
        # Three digits are kept of the steps between.
        assert math.isclose(value, low * 10 ** (factor * place), rel_tol=0.006)
