"""Where an item goes, what is left to do, and what broken runs leave."""

import pathlib

import pytest

from satn_keras.beam.job_folder import JobFolder, choose_num_shards, file_digest
from satn_keras.errors import ConfigError

KEYS = [f"utterance-{number}" for number in range(300)]


def folder_of(path, num_shards=7):
    return JobFolder(pathlib.Path(path), "shard", ".tfrecord", num_shards)


def planned(path, keys, num_shards=7):
    """Keys of each shard, in order."""
    folder = folder_of(path, num_shards)
    folder.plan((key, None) for key in keys)
    return [[key for key, _ in folder.todo(number)] for number in range(num_shards)]


def test_each_item_is_in_one_shard_and_shards_are_of_like_size(tmp_path):
    shards = planned(tmp_path, KEYS)
    assert sorted(sum(shards, [])) == sorted(KEYS)
    assert min(map(len, shards)) > len(KEYS) / 7 / 2


def test_shard_and_place_do_not_depend_on_the_order_of_the_items(tmp_path):
    assert planned(tmp_path / "a", KEYS) == planned(tmp_path / "b", KEYS[::-1])


def test_the_shard_of_a_key_does_not_depend_on_the_other_keys(tmp_path):
    few = planned(tmp_path / "few", KEYS[:20])
    many = planned(tmp_path / "many", KEYS)
    for some, all_ in zip(few, many, strict=True):
        assert some == [key for key in all_ if key in KEYS[:20]]


def test_the_shard_of_a_key_is_the_hash_that_anyone_can_compute(tmp_path):
    # printf 'utterance-0' | sha256sum | cut -c 1-16, as a number, modulo 7
    assert "utterance-0" in planned(tmp_path, KEYS)[0]


def test_a_finished_shard_is_no_longer_to_do(tmp_path):
    folder = folder_of(tmp_path)
    folder.plan([("a", 1), ("b", 2)])
    assert folder.num_left() == 7
    folder.finish(3, {"rows": 5})
    assert folder.num_left() == 6
    assert folder.todo(3) is None and folder.record(3) == {"rows": 5}
    assert folder.record(2) is None


def test_a_damaged_record_counts_as_none(tmp_path):
    folder = folder_of(tmp_path)
    folder.plan([])
    folder.finish(0, {"rows": 5})
    (path,) = (tmp_path / "parts").glob("done-*")
    path.write_text('{"rows"')
    assert folder.record(0) is None


def test_what_broken_runs_left_is_removed_and_nothing_else(tmp_path):
    folder = folder_of(tmp_path)
    folder.plan([])
    folder.finish(1, {})
    kept = ["notes.txt", "shard-00001-of-00007.tfrecord", "shard.tfrecord"]
    gone = ["shard-00001-of-00009.tfrecord", f".{kept[1]}.{'0' * 32}"]
    for name in kept + gone:
        (tmp_path / name).write_text("")
    (tmp_path / "parts" / "done-00001-of-00009.json").write_text("{}")
    folder.clean()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, "parts"])
    assert [path.name for path in (tmp_path / "parts").iterdir()] == [
        "done-00001-of-00007.json"
    ]


@pytest.mark.parametrize(
    "content",
    ['{"shards": [{"file": "predictions-00000-of-00001.jsonl"}]}', "[]", "{", "{}"],
)
def test_a_folder_that_holds_other_things_is_refused(tmp_path, content):
    (tmp_path / "index.json").write_text(content)
    with pytest.raises(ConfigError, match="index.json: the folder holds other things"):
        folder_of(tmp_path).claim()
    assert (tmp_path / "index.json").read_text() == content


def test_an_index_is_gone_while_its_shards_are_worked_on(tmp_path):
    index = '{"shards": [{"file": "shard-00000-of-00009.tfrecord"}]}'
    (tmp_path / "index.json").write_text(index)
    folder_of(tmp_path).claim()
    folder_of(tmp_path).claim()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("items", "shards"), [(3, 16), (16_000, 16), (16_001, 17), (2_000_000, 2000)]
)
def test_a_shard_holds_about_a_thousand_items(items, shards):
    assert choose_num_shards(None, items) == shards
    assert choose_num_shards(5, items) == 5


@pytest.mark.parametrize("wanted", [0, -1, 100_000])
def test_a_number_of_shards_out_of_range_is_refused(wanted):
    with pytest.raises(ConfigError, match=f"--shards: .* Received: {wanted}"):
        choose_num_shards(wanted, 10)


def test_the_digest_is_sha256(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert file_digest(path) == (  # FIPS 180-2, appendix B.1
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
