"""Batches from shards: each row once, on any number of workers, from any batch on."""

import numpy as np
import pytest

from satn_keras.config import TrainingConfig
from satn_keras.pipelines import Batcher, emotion_targets
from satn_keras.pipelines import batches as module
from tests.pipelines.small_shards import prepared_store, write_shards
from tests.pipelines.small_stores import front_end, noise_manifest

SECONDS = (0.2, 0.11, 0.3, 0.17, 0.13, 0.05, 0.23, 0.07, 0.19, 0.29, 0.031)
CONFIG = TrainingConfig(batch_size=2, segment_frames=15)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    manifest = noise_manifest(tmp_path_factory.mktemp("audio"), SECONDS)
    folder = tmp_path_factory.mktemp("features") / "shards"
    write_shards(folder, manifest, num_shards=5)
    return prepared_store(folder, manifest)


def training_batches(store, share=(0, 1), by_length=False):
    batcher = Batcher(store, front_end("none"), emotion_targets(np.arange(11)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "worker_share", lambda: share)
        return batcher.training(CONFIG, 1, by_length)


def numbers(store, epoch=0, first=0, share=(0, 1), by_length=False):
    """(features, classes) of each batch; row r is of class r."""
    batches = training_batches(store, share, by_length)
    batches.epoch, batches.batch = epoch, first
    return [
        (inputs["features"].numpy(), truth.numpy()) for inputs, truth in batches.dataset
    ]


def rows_in(batches):
    return [int(row) for _, truth in batches for row in truth]


def test_an_epoch_holds_each_row_once_in_an_order_of_its_own(store):
    first, second = numbers(store), numbers(store, epoch=1)
    assert sorted(rows_in(first)) == sorted(rows_in(second)) == list(range(11))
    assert rows_in(first) != rows_in(second)
    assert rows_in(numbers(store)) == rows_in(first)


def test_the_features_are_those_that_were_prepared(store):
    for features, truth in numbers(store):
        for own, row in zip(features, truth, strict=True):
            whole = store.fetch(np.int64(row)).numpy()
            true = own[: min(len(whole), 15)]
            assert any(
                (whole[start : start + len(true)] == true).all()
                for start in range(len(whole) - len(true) + 1)
            )


def test_a_pass_may_begin_at_any_batch(store):
    whole, rest = numbers(store, epoch=2), numbers(store, epoch=2, first=3)
    assert rows_in(rest) == rows_in(whole[3:])
    for (ours, _), (theirs, _) in zip(rest, whole[3:], strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("epoch", [0, 1])
def test_workers_end_together_and_hear_everything_once(store, epoch):
    shares = [numbers(store, epoch, share=(worker, 2)) for worker in range(2)]
    assert len(shares[0]) == len(shares[1])
    assert sorted(rows_in(shares[0]) + rows_in(shares[1])) == list(range(11))
    assert all(len(truth) <= 1 for share in shares for _, truth in share)
    for features, truth in shares[0] + shares[1]:
        assert len(features) == len(truth)


def test_every_epoch_has_as_many_batches_as_the_first(store):
    found = {
        len(numbers(store, epoch, share=(worker, 2)))
        for epoch in range(10)
        for worker in range(2)
    }
    assert len(found) == 1


def test_keys_name_the_utterances_of_a_batch_of_this_worker(store):
    keys = [one.key for one in store.manifest]
    for share, of_all in [((0, 1), True), ((0, 2), False), ((1, 2), False)]:
        batches = training_batches(store, share)
        assert batches.names_all == of_all
        (_, truth), *_ = numbers(store, share=share)
        assert batches.keys_of(0) == [keys[row] for row in truth]


def test_in_order_of_length_the_shards_are_read_at_random(store):
    rows = rows_in(numbers(store, by_length=True))
    assert (np.diff(np.minimum(store.lengths[rows], 15)) >= 0).all()
