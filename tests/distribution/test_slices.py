"""Batches cut into shares that are together the batch."""

import numpy as np
import pytest
import tensorflow as tf

from satn_keras.distribution import slices
from satn_keras.distribution.roles import Role


@pytest.mark.parametrize("rows", [0, 1, 2, 7, 12])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_shares_cover_a_batch_in_order_without_overlap(rows, count):
    bounds = [slices.share_bounds(rows, index, count) for index in range(count)]
    kept = [row for start, end in bounds for row in range(start, end)]
    assert kept == list(range(rows))
    sizes = [end - start for start, end in bounds]
    assert max(sizes) - min(sizes) <= 1


def test_no_share_of_a_smaller_batch_is_larger():
    sizes = []
    for rows in (7, 8):
        bounds = [slices.share_bounds(rows, index, 5) for index in range(5)]
        sizes.append([end - start for start, end in bounds])
    assert sizes == [[1, 1, 1, 2, 2], [1, 1, 2, 2, 2]]


@pytest.mark.parametrize("worker, expected", [(0, [[0], []]), (1, [[1, 2], [3]])])
def test_a_worker_takes_its_own_rows_of_each_batch(monkeypatch, worker, expected):
    monkeypatch.setattr(slices, "role", lambda: Role(worker, 2, 2))
    batches = tf.data.Dataset.range(4).batch(3).map(slices.own_share)
    found = [batch.numpy().tolist() for batch in batches]
    assert found == expected


def test_nested_batches_are_cut_in_all_their_parts(monkeypatch):
    monkeypatch.setattr(slices, "role", lambda: Role(1, 2, 2))
    batch = {"features": tf.reshape(tf.range(12), (4, 3))}, tf.range(4)
    inputs, truth = slices.own_share(*batch)
    np.testing.assert_array_equal(inputs["features"], [[6, 7, 8], [9, 10, 11]])
    np.testing.assert_array_equal(truth, [2, 3])


def test_one_replica_trains_on_the_batches_as_they_are():
    batches = tf.data.Dataset.range(4).batch(2)
    assert slices.distribute(batches) is batches
