"""Every cache gives the same features, computed once where it says so."""

import itertools
import os
import pathlib

import numpy as np
import pytest

from satn_keras.pipelines import build_store, read_audio
from satn_keras.pipelines.changes import Noise, Pitch, Reverberation, VocalTract
from tests.pipelines.small_stores import (
    SPEAKERS,
    front_end,
    manifest_of,
    noise_manifest,
    rows_of,
    write_noise,
)

CACHES = ("memory", "disk", "none")


@pytest.fixture
def manifest(tmp_path):
    return noise_manifest(tmp_path)


def store_of(manifest, cache="memory", **options):
    folder = pathlib.Path(manifest[0].path).parent / "cache"
    return build_store(manifest, front_end(), cache=cache, folder=folder, **options)


def spoil(path):
    """Other bytes that a directory listing cannot tell from those before."""
    before = os.stat(path)
    pathlib.Path(path).write_bytes(b"?" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_whitening_makes_all_frames_of_all_rows_uncorrelated(manifest):
    store = store_of(manifest, speeds=(1.0, 0.9))
    mean, matrix = store.whitening_statistics()
    frames = np.concatenate(rows_of(store)).astype("float64")
    np.testing.assert_allclose(mean, frames.mean(axis=0), rtol=1e-6)
    white = (frames - mean).reshape(len(frames), -1) @ matrix
    values = white.shape[1]  # 5 bands x 3 channels
    np.testing.assert_allclose(white.T @ white / len(white), np.eye(values), atol=0.01)


@pytest.mark.parametrize("cache", CACHES)
def test_features_are_those_of_the_front_end_before_normalisation(manifest, cache):
    store = store_of(manifest, cache)
    assert len(store) == len(manifest)
    for utterance, row in zip(manifest, rows_of(store), strict=True):
        waveform = read_audio(utterance.path)
        expected, _ = front_end().extract(waveform[np.newaxis])
        np.testing.assert_allclose(row, expected[0], rtol=1e-5, atol=1e-4)


def test_every_cache_gives_the_same_features(manifest):
    memory, disk, live = (
        store_of(manifest, cache, speeds=(1.0, 0.9)) for cache in CACHES
    )
    assert len(memory) == 2 * len(manifest)
    expected = rows_of(memory)
    for store in (disk, live):
        for one, two in zip(rows_of(store), expected, strict=True):
            np.testing.assert_array_equal(one, two)
        assert store.lengths.tolist() == [len(row) for row in expected]


def test_every_cache_gives_the_same_changed_features(manifest):
    changes = (VocalTract(0.9), Reverberation(0.2, seed=3))
    memory, disk, live = (
        store_of(manifest, cache, changes=changes) for cache in CACHES
    )
    again = store_of(manifest, "disk", changes=changes, progress=pytest.fail)
    for store in (disk, live, again):
        assert store.lengths.tolist() == memory.lengths.tolist()
        for one, two in zip(rows_of(store), rows_of(memory), strict=True):
            np.testing.assert_array_equal(one, two)


def test_features_on_disk_are_found_again_without_reading_the_audio(manifest):
    first = rows_of(store_of(manifest, "disk"))
    for utterance in manifest:
        spoil(utterance.path)
    again = store_of(manifest, "disk", progress=lambda done, total: pytest.fail())
    for one, two in zip(first, rows_of(again), strict=True):
        np.testing.assert_array_equal(one, two)


def test_another_setting_is_extracted_again(manifest, tmp_path):
    options = {"cache": "disk", "folder": tmp_path / "cache"}
    build_store(manifest, front_end(), **options)
    hann = build_store(manifest, front_end(window="hann"), **options)
    fresh = build_store(manifest, front_end(window="hann"))
    for one, two in zip(rows_of(hann), rows_of(fresh), strict=True):
        np.testing.assert_array_equal(one, two)


def test_another_recording_under_the_same_name_is_extracted_again(manifest):
    before = rows_of(store_of(manifest, "disk"))
    write_noise(manifest[1].path, seconds=0.11, seed=99)  # as long as it was
    again = rows_of(store_of(manifest, "disk"))
    for one, two in zip(again, rows_of(store_of(manifest)), strict=True):
        np.testing.assert_array_equal(one, two)
    assert np.abs(again[1] - before[1]).max() > 0.1


def test_an_interrupted_extraction_leaves_nothing_half(manifest, tmp_path):
    def interrupt(done, total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store_of(manifest, "disk", progress=interrupt)
    assert list((tmp_path / "cache").iterdir()) == []
    told = []
    store = store_of(manifest, "disk", progress=lambda *done: told.append(done))
    assert len(told) == len(manifest)
    for one, two in zip(rows_of(store), rows_of(store_of(manifest)), strict=True):
        np.testing.assert_array_equal(one, two)


def test_statistics_are_numpys_over_all_frames_of_all_rows(manifest):
    store = store_of(manifest, speeds=(1.0, 1.1))
    frames = np.concatenate(rows_of(store)).astype("float64")
    mean, deviation = store.statistics()
    np.testing.assert_allclose(mean, frames.mean(axis=0), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(deviation, frames.std(axis=0), rtol=1e-6)


def test_a_voices_statistics_are_numpys_over_the_speakers_frames_at_a_speed(manifest):
    store = store_of(manifest, speeds=(1.0, 1.1))
    rows = rows_of(store)
    statistics = store.voice_statistics()
    assert statistics.shape == (6, 2, 5, 3)
    assert store.manifest.speakers == SPEAKERS
    voices = itertools.product((0, 1), SPEAKERS)
    for index, (speed, speaker) in enumerate(voices):
        own = [
            row
            for number, row in enumerate(rows)
            if manifest[number % len(manifest)].speaker == speaker
            and number // len(manifest) == speed
        ]
        frames = np.concatenate(own).astype("float64")
        mean, deviation = statistics[index]
        np.testing.assert_allclose(mean, frames.mean(axis=0), rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(deviation, frames.std(axis=0), rtol=1e-6)


def test_each_row_knows_its_speaker(tmp_path):
    paths = [write_noise(tmp_path / f"{row}.wav", 0.1) for row in range(4)]
    store = build_store(manifest_of(paths), front_end(), speeds=(1.0, 0.9, 1.1))
    assert store.repeats == 3
    assert store.speaker_ids.tolist() == [0, 1, 2, 0] * 3
    assert store.voice_ids.tolist() == [0, 1, 2, 0, 3, 4, 5, 3, 6, 7, 8, 6]


def test_a_speaker_in_noise_or_a_room_is_another_voice(manifest):
    changes = Pitch(2), VocalTract(0.9), Noise("white", 9, 1), Reverberation(0.2, 1)
    store = store_of(manifest, speeds=(1.0, 0.9), changes=changes)
    assert store.repeats == 6 and len(store) == 6 * len(manifest)
    assert store.speaker_ids.tolist() == [0, 1, 2, 0] * 6
    # Three speakers in six versions, the versions one after the other.
    assert store.voice_ids.tolist()[-8:] == [12, 13, 14, 12, 15, 16, 17, 15]
    noisy = np.concatenate([rows_of(store)[row] for row in (16, 19)]).astype("float64")
    mean, deviation = store.voice_statistics()[12]
    np.testing.assert_allclose(mean, noisy.mean(axis=0), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(deviation, noisy.std(axis=0), rtol=1e-6)


@pytest.mark.parametrize("options", [{"cache": "tape"}, {"cache": "disk"}])
def test_an_unknown_cache_or_a_disk_without_a_folder_is_refused(manifest, options):
    with pytest.raises(ValueError, match="`cache` must be .* Received: cache="):
        build_store(manifest, front_end(), **options)


def test_values_that_are_not_present_count_in_no_statistic(manifest):
    store = store_of(manifest)
    kept = [row[row[:, 0, 0] > np.median(row[:, 0, 0])] for row in rows_of(store)]
    frames = np.concatenate(kept).astype("float64")

    def loud(row):
        return np.repeat(row[:, :1, 0] > np.median(row[:, 0, 0]), row.shape[1], axis=1)

    mean, deviation = store.statistics(loud)
    np.testing.assert_allclose(mean, frames.mean(axis=0), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(deviation, frames.std(axis=0), rtol=1e-6)
