"""Partners are other utterances of like length, by another speaker where possible."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satn_keras.pipelines import draw_partners
from satn_keras.pipelines.partners import NEIGHBOURS

UTTERANCES = st.lists(
    st.tuples(st.integers(1, 400), st.sampled_from("abc")), min_size=2, max_size=70
)


@settings(max_examples=60, deadline=None)
@given(UTTERANCES, st.integers(0, 2**31), st.integers(1, 3))
def test_every_row_has_another_utterance_of_its_own_speed(utterances, seed, repeats):
    lengths, speakers = zip(*utterances, strict=True)
    number = len(utterances)
    partners = draw_partners(np.tile(lengths, repeats), speakers, seed, repeats)
    rows = np.arange(number * repeats)
    assert (partners % number != rows % number).all()
    np.testing.assert_array_equal(partners // number, rows // number)
    # One utterance keeps one partner, and each is the partner of just one.
    np.testing.assert_array_equal(
        partners % number, np.tile(partners[:number], repeats)
    )
    assert sorted(partners) == rows.tolist()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=6), st.integers(0, 99))
def test_as_many_partners_as_possible_are_other_speakers(speakers, seed):
    rows = range(len(speakers))
    derangements = [
        order
        for order in itertools.permutations(rows)
        if all(row != partner for row, partner in zip(rows, order, strict=True))
    ]

    def others(order):
        return sum(speakers[row] != speakers[order[row]] for row in rows)

    partners = draw_partners(np.full(len(speakers), 5), speakers, seed)
    assert others(partners) == max(map(others, derangements))


def test_partners_are_near_in_the_order_of_length():
    lengths = np.random.default_rng(1).permutation(1000)
    partners = draw_partners(lengths, np.arange(1000) % 7, seed=3)
    assert np.abs(lengths[partners] - lengths).max() < 2 * NEIGHBOURS
    assert np.abs(lengths[partners] - lengths).mean() < NEIGHBOURS / 2


def test_the_same_seed_draws_the_same_partners_and_another_seed_others():
    lengths = np.arange(40)
    one, two, other = (draw_partners(lengths, "ab" * 20, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert (one != other).sum() > 10


def test_utterances_of_one_length_are_not_always_in_one_group():
    groups = {
        frozenset(draw_partners(np.full(64, 9), range(64), seed)[:2].tolist())
        for seed in range(5)
    }
    assert len(groups) > 1


def test_one_utterance_alone_has_no_partner():
    with pytest.raises(ValueError, match="at least two. Received: 1"):
        draw_partners(np.array([5, 6]), "a", seed=1, repeats=2)
