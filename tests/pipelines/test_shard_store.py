"""Prepared features: the same bits, each row once, shard after shard."""

import numpy as np
import pytest
import tensorflow as tf

from satn_keras.pipelines import ShardStore, build_store
from tests.pipelines.small_shards import prepared_store, write_shards
from tests.pipelines.small_stores import front_end, noise_manifest, rows_of

SECONDS = (0.2, 0.11, 0.3, 0.17, 0.13, 0.05, 0.23, 0.07, 0.19, 0.29, 0.031)
SPEEDS = (1.0, 0.9)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    """Eleven utterances of three speakers."""
    return noise_manifest(tmp_path_factory.mktemp("audio"), SECONDS)


@pytest.fixture(scope="module")
def expected(manifest):
    """Features of every row as they are without shards."""
    return rows_of(build_store(manifest, front_end(), SPEEDS))


@pytest.fixture(scope="module")
def folder(manifest, tmp_path_factory):
    path = tmp_path_factory.mktemp("features") / "shards"
    write_shards(path, manifest, num_shards=3, speeds=SPEEDS)
    return path


@pytest.fixture(scope="module")
def store(folder, manifest):
    return prepared_store(folder, manifest, speeds=SPEEDS)


def order(store, *arguments, **options):
    rows = store.stream(*arguments, **options).map(lambda features, row: row)
    return [int(row) for row in rows.as_numpy_iterator()]


def test_rows_are_bit_for_bit_those_computed_from_the_audio(store, expected):
    assert isinstance(store, ShardStore) and len(store) == len(expected)
    for row, features in enumerate(rows_of(store)):
        np.testing.assert_array_equal(features, expected[row])
        assert features.dtype == expected[row].dtype
    assert store.lengths.tolist() == [len(features) for features in expected]


def test_every_row_comes_in_order_though_shards_lie_mixed(store, expected):
    for found, features in zip(store.every_row(), expected, strict=True):
        np.testing.assert_array_equal(found, features)


def test_a_stream_has_each_row_once_with_its_own_features(store, expected):
    streamed = list(store.stream(seed=3, epoch=0).as_numpy_iterator())
    assert sorted(row for _, row in streamed) == list(range(len(expected)))
    for features, row in streamed:
        np.testing.assert_array_equal(features, expected[row])


def test_an_epoch_has_its_own_order_and_the_same_again(store):
    first = order(store, 3, 0)
    assert order(store, 3, 0) == first
    assert order(store, 3, 1) != first
    assert order(store, 4, 0) != first
    assert first != sorted(first)


def test_the_order_does_not_depend_on_the_global_seed(store):
    tf.random.set_seed(11)
    first = order(store, 3, 0)
    tf.random.set_seed(12)
    assert order(store, 3, 0) == first


def test_the_epoch_may_be_known_only_while_the_dataset_runs(store):
    epochs = tf.data.Dataset.range(2).flat_map(lambda epoch: store.stream(3, epoch))
    rows = [int(row) for _, row in epochs.as_numpy_iterator()]
    assert rows == order(store, 3, 0) + order(store, 3, 1)


def test_without_a_window_a_shard_is_read_from_its_beginning_to_its_end(store):
    rows = order(store, 3, 0, shuffled_bytes=1)
    assert sorted(rows) == list(range(len(store)))
    shards = store.index.table["shard"].to_numpy()[store.places]
    for shard in range(3):
        own = [store.places[row] for row in rows if shards[row] == shard]
        assert own == sorted(own)


@pytest.mark.parametrize("count", [2, 3, 5])  # of workers, over three shards
def test_a_worker_has_the_same_rows_in_each_epoch(store, count):
    for number in range(count):
        shares = [store.share_rows(3, epoch, (number, count)) for epoch in range(10)]
        assert len({tuple(sorted(share)) for share in shares}) == 1


@pytest.mark.parametrize("count", [2, 3, 5])  # of workers, over three shards
def test_workers_share_all_rows_without_overlap(store, count):
    for epoch in range(2):
        shares = [order(store, 3, epoch, (number, count)) for number in range(count)]
        assert sorted(sum(shares, [])) == list(range(len(store)))
        for number, share in enumerate(shares):
            rows = store.share_rows(3, epoch, (number, count))
            assert sorted(rows) == sorted(share)


def test_with_enough_shards_each_is_read_by_one_worker(store):
    shards = store.index.table["shard"].to_numpy()[store.places]
    read = [{shards[row] for row in order(store, 3, 0, (n, 2))} for n in range(2)]
    assert not read[0] & read[1] and len(read[0] | read[1]) == 3


def test_part_of_the_utterances_in_another_order_is_read_alone(
    folder, manifest, expected
):
    part = manifest[7:2:-1]
    store = prepared_store(folder, part)
    assert store.repeats == 1
    whole = {one.key: row for row, one in enumerate(manifest)}
    places = [whole[one.key] for one in part]
    for features, row in store.stream(1, 0).as_numpy_iterator():
        np.testing.assert_array_equal(features, expected[places[row]])
    for features, place in zip(rows_of(store), places, strict=True):
        np.testing.assert_array_equal(features, expected[place])
    assert sorted(order(store, 1, 0)) == list(range(5))


def test_statistics_are_numpys_over_the_rows_of_the_store(store, expected, manifest):
    frames = np.concatenate(expected).astype("float64")
    mean, deviation = store.statistics()
    np.testing.assert_allclose(mean, frames.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(deviation, frames.std(axis=0), rtol=1e-6)
    speakers = [one.speaker for one in manifest]
    found = store.voice_statistics()
    for number, speaker in enumerate(manifest.speakers):  # at the first speed
        first = zip(expected[: len(manifest)], speakers, strict=True)
        own = [row for row, name in first if name == speaker]
        frames = np.concatenate(own).astype("float64")
        np.testing.assert_allclose(found[number, 0], frames.mean(axis=0), rtol=1e-6)


def test_a_change_reaches_every_way_of_reading(store, expected):
    changed = store.mapped(lambda features: 2 * features).mapped(lambda x: x[:, :2])
    for features, row in changed.stream(1, 0).as_numpy_iterator():
        np.testing.assert_array_equal(features, 2 * expected[row][:, :2])
    for features, row in zip(rows_of(changed), expected, strict=True):
        np.testing.assert_array_equal(features, 2 * row[:, :2])
    mean, _ = changed.statistics()
    np.testing.assert_allclose(mean, 2 * store.statistics()[0][:2], rtol=1e-6)


def test_a_damaged_record_ends_the_stream(manifest, tmp_path):
    index = write_shards(tmp_path / "damaged", manifest)
    path = index.paths[1]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    store = prepared_store(index.folder, manifest)
    with pytest.raises(tf.errors.DataLossError, match="corrupted"):
        order(store, 1, 0)
