"""What is rare comes oftener, and how often is known beforehand."""

import collections

import numpy as np
import pytest

from satn_keras.pipelines.balance import draw_balanced, even_shares, occurrences
from satn_keras.pipelines.order import EpochOrder, rows_of, share_of_batches

CLASSES = np.repeat([0, 1, 2], [61, 7, 22])
SPEAKERS = np.random.default_rng(3).integers(0, 5, 90)
LENGTHS = np.random.default_rng(4).integers(3, 400, 90)
BOTH = np.stack([CLASSES, SPEAKERS], axis=1)


def order(strata, seed=1, batch_size=8):
    return EpochOrder(LENGTHS, batch_size, seed, strata=strata)


def test_each_class_comes_a_third_of_the_time():
    rows = order(CLASSES[:, None]).rows(0)
    assert np.bincount(CLASSES[rows]).tolist() == [30, 30, 30]


def test_the_utterances_of_a_class_come_equally_often():
    rows = order(CLASSES[:, None]).rows(2)
    times = np.bincount(rows, minlength=90)
    assert set(times[CLASSES == 0]) == {0, 1}
    assert set(times[CLASSES == 1]) == {4, 5}  # 30 of 7
    assert set(times[CLASSES == 2]) == {1, 2}  # 30 of 22


def test_classes_and_speakers_are_even_at_once():
    rows = order(BOTH).rows(0)
    # Each cell's number is whole, so a sum of five cells can be off by a few.
    assert np.abs(np.bincount(CLASSES[rows]) - 30).max() <= 2
    assert np.abs(np.bincount(SPEAKERS[rows]) - 18).max() <= 2


def test_both_sums_are_even_where_a_speaker_lacks_a_class():
    # Unknowns on paper: x + y = 1/2, x = 1/3 of speaker 0, so y = 1/6 = z, ...
    cells = np.array([[0, 0], [0, 1], [1, 1], [1, 2]])
    shares = even_shares(cells)
    np.testing.assert_allclose(shares, [1 / 3, 1 / 6, 1 / 6, 1 / 3], rtol=1e-6)


def test_what_no_shares_can_make_even_ends_near_and_sums_to_one():
    cells = np.array([[0, 0], [0, 1], [1, 0]])  # 1/2, 1/2 and 1/2 is too much
    shares = even_shares(cells)
    assert shares.sum() == pytest.approx(1, abs=0.02)
    rows = draw_balanced(cells[[0, 0, 1, 2, 2, 2, 2]], np.random.default_rng(1))
    assert len(rows) == 7


def test_an_epoch_is_known_from_seed_and_number_alone():
    one, other = order(BOTH), order(BOTH)
    before = [one.rows(epoch).tolist() for epoch in range(3)]
    assert other.rows(2).tolist() == before[2]
    assert len({tuple(rows) for rows in before}) == 3
    assert order(BOTH, seed=2).rows(0).tolist() != before[0]


def test_over_the_epochs_no_utterance_of_a_large_class_is_left_out():
    heard = {row for epoch in range(12) for row in order(CLASSES[:, None]).rows(epoch)}
    assert heard == set(range(90))


def test_a_row_that_comes_again_has_other_draws_and_once_the_old_ones():
    balanced, plain = order(CLASSES[:, None]), order(None)
    rows = balanced.rows(0)
    draws = balanced.draws_of(0, rows)
    assert len({tuple(draw) for draw in draws}) == 90
    first = occurrences(rows) == 0
    np.testing.assert_array_equal(draws[first], plain.draws(0)[rows[first]])
    assert draws.min() >= 0
    assert draws.max() < 2**31


def test_the_shares_of_two_workers_make_up_the_rows_of_one():
    strata = CLASSES[:, None]
    whole = collections.Counter()
    for row, draw, real in rows_of(order(strata), 1, 0).as_numpy_iterator():
        whole[(int(row), *draw.tolist())] += int(real)
    shared = collections.Counter()
    for worker in range(2):
        for row, draw, real in rows_of(order(strata), 1, 0, (worker, 2)):
            shared[(int(row), *draw.numpy().tolist())] += int(real)
    assert +shared == whole
    assert sum(whole.values()) == 90


def test_an_epoch_goes_on_from_any_batch():
    strata = BOTH
    whole = [
        row.tolist() for row, *_ in rows_of(order(strata), 3, 0).as_numpy_iterator()
    ]
    rest = [
        row.tolist() for row, *_ in rows_of(order(strata), 3, 4).as_numpy_iterator()
    ]
    assert rest == whole[32:]
    places, _ = share_of_batches(np.arange(90), 8, 0, 1)
    assert len(places) == len(whole)
