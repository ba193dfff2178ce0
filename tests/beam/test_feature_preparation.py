"""Features prepared by Beam: the tf.data path's bits, whatever the runner does."""

import collections
import hashlib
import json
import os
import pathlib
import pickle

import numpy as np
import pandas as pd
import pytest
import soundfile
import tensorflow as tf

from satn_keras.beam import (
    FeaturePreparation,
    UnreadableFilesError,
    prepare_features,
)
from satn_keras.beam.feature_shards import FeatureShards
from satn_keras.beam.job_folder import JobFolder
from satn_keras.beam.sharded_job import MakeShard
from satn_keras.corpora import Manifest, Utterance, validate
from satn_keras.errors import ArtifactError, AudioError
from satn_keras.pipelines import ShardIndex, build_store
from tests.pipelines.small_shards import prepared_store
from tests.pipelines.small_stores import front_end, rows_of, write_noise

SHARDS = 3
RATES = (16000, 24000, 16000, 8000)  # Hz


@pytest.fixture
def manifest(tmp_path):
    """Eleven utterances of three speakers and two emotions, of several rates."""
    (tmp_path / "audio").mkdir()
    utterances = []
    for number in range(11):
        path = tmp_path / "audio" / f"{number}.wav"
        rate = RATES[number % len(RATES)]
        write_noise(path, 0.05 + 0.013 * number, seed=number, sample_rate=rate)
        speaker, label = "abc"[number % 3], ("joy", "fear")[number % 2]
        utterances.append(Utterance(f"ü{number}", str(path), speaker, label))
    return Manifest(utterances)


def prepare(manifest, folder, *options, **changes):
    settings = front_end().config
    preparation = FeaturePreparation(
        manifest, settings, folder, **{"num_shards": SHARDS, **changes}
    )
    return prepare_features(preparation, "DirectRunner", options)


def shards_in(folder):
    """Bytes of each shard."""
    return {path.name: path.read_bytes() for path in folder.glob("*.tfrecord")}


def times_in(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.tfrecord")}


def changed_since(before, folder):
    return {name for name, time in times_in(folder).items() if time != before[name]}


def spoil(path):
    pathlib.Path(path).write_text("no sound")


def crash_after(made):
    """`make` of shards that fails once two are made, with half a file left behind."""
    make = FeatureShards.make

    def crashing(self, items, path):
        if len(made) == 2:
            path.with_name(f".{path.name}.{'0' * 32}").write_text("half a shard")
            raise RuntimeError("the power went")
        made.append(path.name)
        return make(self, items, path)

    return crashing


def test_features_are_bit_for_bit_those_of_the_training_pipeline(manifest, tmp_path):
    speeds = (1.0, 0.9)
    prepare(manifest, tmp_path / "features", speeds=speeds)
    store = prepared_store(tmp_path / "features", manifest, speeds=speeds)
    expected = build_store(manifest, front_end(), speeds)
    assert store.lengths.tolist() == expected.lengths.tolist()
    for one, two in zip(rows_of(store), rows_of(expected), strict=True):
        np.testing.assert_array_equal(one, two)
    plain = prepared_store(tmp_path / "features", manifest)  # at one speed alone
    for one, two in zip(
        rows_of(plain), rows_of(build_store(manifest, front_end())), strict=True
    ):
        np.testing.assert_array_equal(one, two)


def test_shards_are_the_same_for_any_order_and_any_number_of_workers(
    manifest, tmp_path
):
    prepare(manifest, tmp_path / "one")
    workers = "--direct_num_workers=3", "--direct_running_mode=multi_threading"
    prepare(Manifest(manifest[::-1]), tmp_path / "three", *workers)
    assert len(shards_in(tmp_path / "one")) == SHARDS
    assert shards_in(tmp_path / "one") == shards_in(tmp_path / "three")


def test_the_index_tells_what_lies_there(manifest, tmp_path):
    folder = tmp_path / "features"
    prepare(manifest, folder)
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    assert index["audit"] == validate(manifest).to_dict()
    assert (index["bands"], index["channels"], index["speeds"]) == (5, 3, [1.0])
    assert index["settings"]["features"]["num_mels"] == 5
    assert index["utterances"] == 11 and index["skipped"] == []
    names = [f"shard-0000{number}-of-00003.tfrecord" for number in range(SHARDS)]
    assert [shard["file"] for shard in index["shards"]] == names
    for shard in index["shards"]:
        data = (folder / shard["file"]).read_bytes()
        assert shard["bytes"] == len(data)
        assert shard["sha256"] == hashlib.sha256(data).hexdigest()
    table = pd.read_parquet(folder / "utterances.parquet")
    assert sorted(table["key"]) == sorted(manifest.keys)
    assert index["frames"] == table["frames"].sum()
    counts = collections.Counter(table["shard"])
    assert [shard["rows"] for shard in index["shards"]] == [
        counts[number] for number in range(SHARDS)
    ]
    assert Manifest.read(folder / "manifest.csv").keys == manifest.keys


def test_a_broken_run_goes_on_where_it_was(manifest, tmp_path, monkeypatch):
    folder, made = tmp_path / "features", []
    with monkeypatch.context() as patched:
        patched.setattr(FeatureShards, "make", crash_after(made))
        with pytest.raises(ArtifactError, match=r"failed on DirectRunner \(the power"):
            prepare(manifest, folder)
    before = times_in(folder)
    assert sorted(before) == sorted(made) and len(before) == 2
    assert not (folder / "index.json").exists()
    prepare(manifest, folder)
    after = times_in(folder)
    assert len(after) == SHARDS
    assert {name: after[name] for name in before} == before
    assert not list(folder.glob(".*"))  # the half shard is gone
    prepare(manifest, tmp_path / "undisturbed")
    assert shards_in(folder) == shards_in(tmp_path / "undisturbed")


def test_only_shards_that_would_change_are_made_again(manifest, tmp_path):
    folder = tmp_path / "features"
    prepare(manifest, folder)
    before, data = times_in(folder), shards_in(folder)
    index = (folder / "index.json").read_bytes()
    spoilt = "shard-00002-of-00003.tfrecord"
    (folder / spoilt).write_bytes(bytes(len(data[spoilt])))
    prepare(manifest, folder)
    assert changed_since(before, folder) == {spoilt}
    assert shards_in(folder) == data
    assert (folder / "index.json").read_bytes() == index

    before = times_in(folder)
    write_noise(manifest[5].path, 0.2, seed=99)
    prepare(manifest, folder)
    assert len(changed_since(before, folder)) == 1
    store, fresh = prepared_store(folder, manifest), build_store(manifest, front_end())
    for one, two in zip(rows_of(store), rows_of(fresh), strict=True):
        np.testing.assert_array_equal(one, two)


def test_every_bad_file_is_named_and_the_mended_run_goes_on(manifest, tmp_path):
    folder = tmp_path / "features"
    good = pathlib.Path(manifest[2].path).read_bytes()
    spoil(manifest[2].path)
    os.rename(manifest[7].path, tmp_path / "away.wav")
    with pytest.raises(UnreadableFilesError, match="2 sound files cannot") as error:
        prepare(manifest, folder)
    first, second = error.value.faults
    assert first.startswith(f"{manifest[2].path}: a sound file must be WAV")
    assert second.startswith(f"{manifest[7].path}: no such sound file")
    assert not (folder / "index.json").exists()
    before = times_in(folder)
    assert len(before) in (SHARDS - 1, SHARDS - 2)  # shards without a bad file
    pathlib.Path(manifest[2].path).write_bytes(good)
    os.rename(tmp_path / "away.wav", manifest[7].path)
    prepare(manifest, folder)
    assert {name: times_in(folder)[name] for name in before} == before
    assert prepared_store(folder, manifest).lengths.min() > 0


def test_skipped_files_are_listed_and_come_back_when_they_are_mended(
    manifest, tmp_path
):
    folder = tmp_path / "features"
    good = pathlib.Path(manifest[4].path).read_bytes()
    soundfile.write(manifest[4].path, np.zeros(0), 16000)
    index = prepare(manifest, folder, skip_bad=True)
    (skipped,) = index.values["skipped"]
    assert (skipped["key"], skipped["path"]) == ("ü4", manifest[4].path)
    assert "must hold at least one sample" in skipped["fault"]
    assert index.values["utterances"] == 10 and len(index.table) == 10
    assert "ü4" not in Manifest.read(folder / "manifest.csv").keys
    assert any("'ü4'" in line for line in index.values["audit"]["errors"])
    with pytest.raises(UnreadableFilesError, match="1 sound files cannot"):
        prepare(manifest, folder)  # nothing is left out unless it is asked for
    pathlib.Path(manifest[4].path).write_bytes(good)
    assert prepare(manifest, folder).values["skipped"] == []
    assert ShardIndex.read(folder).values["utterances"] == 11


def test_what_soundfile_reads_and_the_decoder_does_not_is_one_line(
    manifest, tmp_path, monkeypatch
):
    def cut_short(path):
        raise ValueError("cut short")

    def break_off(path, sample_rate, backend):
        return tf.ensure_shape(tf.numpy_function(cut_short, [path], "float32"), [None])

    monkeypatch.setattr("satn_keras.pipelines.feature_source.decode", break_off)
    with pytest.raises(AudioError, match="Set SATN_AUDIO_BACKEND=soundfile.$"):
        prepare(manifest, tmp_path / "features")


def test_shards_of_another_number_are_removed_and_some_may_be_empty(manifest, tmp_path):
    few = manifest[:2]
    prepare(few, tmp_path / "features", num_shards=2)
    prepare(few, tmp_path / "features", num_shards=5)
    assert len(shards_in(tmp_path / "features")) == 5
    store = prepared_store(tmp_path / "features", few)
    rows = [int(row) for _, row in store.stream(1, 0).as_numpy_iterator()]
    assert sorted(rows) == [0, 1]


def test_the_work_travels_by_plain_pickle():
    worker = FeatureShards({"num_mels": 5}, {"backend": "soundfile"}, (1.0,))
    work = MakeShard(worker, JobFolder(pathlib.Path("x"), "shard", ".tfrecord", 3))
    again = pickle.loads(pickle.dumps(work))
    assert again.worker == worker and again.folder == work.folder
