"""Prepared features are taken where they are right, and refused in one line else."""

import json
import os
import pathlib
import shutil

import numpy as np
import pytest

from satn_keras.corpora import Manifest
from satn_keras.errors import AudioError, ConfigError
from satn_keras.pipelines import ShardStore, build_store, prepared_features
from satn_keras.pipelines.changes import Noise, Pitch
from tests.pipelines.small_shards import prepared_store, write_shards
from tests.pipelines.small_stores import (
    front_end,
    manifest_of,
    noise_manifest,
    rows_of,
    write_noise,
)


@pytest.fixture
def manifest(tmp_path):
    (tmp_path / "audio").mkdir()
    return noise_manifest(tmp_path / "audio")


@pytest.fixture
def folder(manifest, tmp_path):
    write_shards(tmp_path / "features", manifest)
    return tmp_path / "features"


def refused(folder, manifest, front_end=front_end, **options):
    """The line that refuses a store."""
    with pytest.raises(ConfigError) as error, prepared_features(folder):
        build_store(manifest, front_end(), **options)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("cache", ["memory", "none", "disk"])
def test_inside_stores_read_the_shards_and_outside_the_audio(
    folder, manifest, tmp_path, cache
):
    with prepared_features(folder):
        options = {"cache": cache, "folder": tmp_path / "cache"}
        inside = build_store(manifest, front_end(), **options)
        other = build_store(manifest[:2], front_end("utterance"))  # comes later
    outside = build_store(manifest, front_end())
    assert isinstance(inside, ShardStore) and isinstance(other, ShardStore)
    assert not isinstance(outside, ShardStore)
    assert not (tmp_path / "cache").exists()
    for one, two in zip(rows_of(inside), rows_of(outside), strict=True):
        np.testing.assert_array_equal(one, two)


def test_no_folder_changes_nothing(manifest):
    assert not isinstance(prepared_store(None, manifest), ShardStore)


def test_another_setting_is_named(folder, manifest):
    line = refused(folder, manifest, lambda: front_end(num_mels=7))
    assert line.startswith(f"data.features: {folder} was prepared with ")
    assert "features.num_mels 5, and 7 is asked for" in line


def test_another_decoder_is_named(folder, manifest):
    path = folder / "index.json"
    values = json.loads(path.read_text())
    values["settings"]["backend"] = "tfio"
    path.write_text(json.dumps({**values, "fingerprint": "another"}))
    assert "backend tfio, and soundfile is asked for" in refused(folder, manifest)


def test_a_speed_that_was_not_prepared_is_named(folder, manifest):
    line = refused(folder, manifest, speeds=(1.0, 0.9))
    assert "at the speeds 1.0, and 1.0, 0.9 are asked for" in line
    assert "1.0, 1.0 are asked for" in refused(folder, manifest, speeds=(1.0, 1.0))


def test_versions_that_shards_do_not_hold_are_named(folder, manifest):
    line = refused(folder, manifest, changes=[Pitch(2.0), Noise("pink", 10, 1)])
    assert line == (
        "data.features: prepared features hold utterances at `augmentation.speeds` "
        "alone, and Pitch(semitones=2.0) is asked for. Leave data.features out, or "
        "pitches, vocal_tracts, noises and reverberations."
    )


def test_missing_utterances_are_counted_and_the_first_is_named(
    folder, manifest, tmp_path
):
    paths = [one.path for one in manifest]
    more = [write_noise(tmp_path / f"{number}.wav", 0.1) for number in range(2)]
    line = refused(folder, manifest_of([*paths, *more]))
    assert f"{folder} lacks 2 of 6 utterances, the first is 'u4'. Prepare" in line


def test_a_skipped_utterance_is_told_with_its_fault(manifest, tmp_path):
    fault = {"key": "u3", "path": manifest[3].path, "fault": "it is no sound."}
    index = write_shards(tmp_path / "features", manifest[:3], skipped=[fault])
    assert "'u3' (skipped: it is no sound.)" in refused(index.folder, manifest)


def test_a_sound_file_that_changed_is_named(folder, manifest):
    write_noise(manifest[1].path, seconds=0.11, seed=99)  # as long as it was
    line = refused(folder, manifest)
    assert line.startswith("data.features: 1 sound files have changed since")
    assert f"the first is {manifest[1].path}. Run" in line
    prepared_store(folder, manifest[2:])  # of the others nothing is said


def test_a_sound_file_of_another_length_has_changed(folder, manifest):
    write_noise(manifest[2].path, seconds=0.4)
    assert f"the first is {manifest[2].path}. Run" in refused(folder, manifest)


def test_a_copy_of_the_corpus_with_other_times_is_the_same_audio(
    folder, manifest, tmp_path
):
    copies = []
    for utterance in manifest:
        copy = tmp_path / f"copy-{pathlib.Path(utterance.path).name}"
        shutil.copyfile(utterance.path, copy)
        os.utime(copy, (1, 1))
        copies.append(copy)
    prepared_store(folder, manifest_of(copies))


def test_a_missing_sound_file_is_named(folder, manifest):
    os.unlink(manifest[0].path)
    with pytest.raises(AudioError, match="no such sound file"):
        prepared_store(folder, manifest)


@pytest.mark.parametrize("content", [None, "", "{}", '{"format": 7}'])
def test_a_folder_without_a_whole_index_is_refused(folder, manifest, tmp_path, content):
    if content is None:
        folder = tmp_path / "empty"
    else:
        (folder / "index.json").write_text(content)
    line = refused(folder, manifest)
    assert line.startswith(f"{folder / 'index.json'}: ") and "satn prepare" in line


@pytest.mark.parametrize("damage", ["cut", "removed"])
def test_a_shard_that_is_not_whole_is_named(folder, manifest, damage):
    path = folder / "1.tfrecord"
    data = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(data[:-1])
    line = refused(folder, manifest)
    assert line.startswith(f"{path}: missing or not of {len(data)} bytes")


def test_keys_alone_say_which_utterance_it_is(folder, manifest):
    store = prepared_store(folder, Manifest(reversed(manifest)))
    audio = build_store(manifest, front_end())
    for one, two in zip(reversed(rows_of(store)), rows_of(audio), strict=True):
        np.testing.assert_array_equal(one, two)
