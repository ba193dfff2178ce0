"""The order of an epoch is a pure function of seed and epoch."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from satn_keras.pipelines.order import EpochOrder, share_of_batches, share_size

LENGTHS = np.random.default_rng(1).integers(3, 400, 203)

some_lengths = st.lists(st.integers(1, 50), min_size=1, max_size=60).map(np.array)


@given(some_lengths, st.integers(1, 9), st.integers(0, 5), st.integers(0, 3))
def test_every_row_comes_once(lengths, batch_size, epoch, seed):
    rows = EpochOrder(lengths, batch_size, seed).rows(epoch)
    assert sorted(rows) == list(range(len(lengths)))


def test_an_epoch_needs_no_epoch_before_it():
    one, other = EpochOrder(LENGTHS, 8, seed=1), EpochOrder(LENGTHS, 8, seed=1)
    before = [one.rows(epoch).tolist() for epoch in range(4)]
    assert other.rows(3).tolist() == before[3]
    assert len({tuple(rows) for rows in before}) == 4
    assert one.rows(0).tolist() != EpochOrder(LENGTHS, 8, seed=2).rows(0).tolist()
    np.testing.assert_array_equal(one.draws(3), other.draws(3))
    assert (one.draws(3) != one.draws(2)).any()


def test_the_batches_of_an_epoch_come_in_no_order_of_length():
    batches = EpochOrder(LENGTHS, 8, seed=1).rows(0)[:200].reshape(-1, 8)
    longest = LENGTHS[batches].max(axis=1)
    assert 0.2 < np.mean(np.diff(longest) > 0) < 0.8


def test_a_pair_of_utterances_shares_a_batch_in_some_epochs_only():
    lengths = np.full(16, 9)
    order = EpochOrder(lengths, 8, seed=1)
    together = [(order.rows(epoch) < 2).nonzero()[0] // 8 for epoch in range(40)]
    shared = np.mean([first == second for first, second in together])
    # By chance 7 of the 15 others share a batch of eight.
    assert 0.25 < shared < 0.7


def test_draws_belong_to_the_row_and_not_to_its_place():
    short, long = LENGTHS.copy(), LENGTHS.copy()
    long[0] = 1000  # moves many rows
    draws = EpochOrder(short, 8, seed=1).draws(2)
    np.testing.assert_array_equal(draws, EpochOrder(long, 8, seed=1).draws(2))


@given(st.integers(0, 40), st.integers(1, 12), st.integers(1, 4))
def test_the_shares_of_the_workers_make_up_each_batch(rows, batch_size, count):
    if batch_size < count:
        return
    own = []
    for index in range(count):
        share, real = share_of_batches(np.arange(rows), batch_size, index, count)
        assert (np.diff(share) > 0).all()
        # One row at least of each batch, so that no worker ends before the others.
        assert set(share // batch_size) == set(range(-(-rows // batch_size)))
        assert real[: len(share) - 1].all()
        own.append(share[real])
    assert sorted(np.concatenate(own)) == list(range(rows))


@given(st.integers(1, 90), st.integers(1, 24), st.integers(1, 11))
@example(rows=15, batch_size=8, count=5)
def test_every_share_has_as_many_batches_as_the_whole(rows, batch_size, count):
    batch_size = max(batch_size, count)
    for index in range(count):
        share, _ = share_of_batches(np.arange(rows), batch_size, index, count)
        own = -(-len(share) // share_size(batch_size, (index, count)))
        assert own == -(-rows // batch_size)


def test_full_batches_are_shared_alike():
    sizes = {
        len(share_of_batches(np.arange(24), 8, index, 3)[0]) // 3 for index in range(3)
    }
    assert sizes == {2, 3}  # 2 + 3 + 3 of eight


def test_a_batch_that_the_workers_cannot_share_is_refused():
    with pytest.raises(ValueError, match="`batch_size` must be at least `count`"):
        share_of_batches(np.arange(8), batch_size=2, index=0, count=3)
