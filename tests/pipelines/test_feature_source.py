"""Rows are utterances at speeds, and a file at fault is named."""

import dataclasses
import re

import numpy as np
import pytest
import soundfile
import tensorflow as tf

from satn_keras.corpora import Manifest
from satn_keras.errors import AudioError
from satn_keras.features import Prosody
from satn_keras.pipelines import build_store, read_audio
from satn_keras.pipelines.audio import available_backends
from satn_keras.pipelines.changes import Noise, Pitch
from satn_keras.pipelines.feature_source import FeatureSource
from tests.pipelines.small_stores import (
    front_end,
    manifest_of,
    noise_manifest,
    rows_of,
    write_noise,
)
from tests.support.sounds import tone


def source_of(manifest, speeds=(1.0,), **changes):
    return FeatureSource(manifest, front_end(**changes), speeds)


def test_a_speed_divides_the_length(tmp_path):
    manifest = manifest_of([write_noise(tmp_path / "a.wav", seconds=1.0)])
    # 16000 samples become 16000, 20000 and 12800; windows of 400, hops of 160:
    # 1 + ceil(15600 / 160), 1 + ceil(19600 / 160), 1 + ceil(12400 / 160) frames.
    source = source_of(manifest, (1.0, 0.8, 1.25))
    assert [len(row) for row in source.extract()] == [99, 124, 79]
    assert source.header_lengths().tolist() == [99, 124, 79]


def test_a_speed_multiplies_the_pitch(tmp_path):
    for frequency in (800, 1000, 1250):
        soundfile.write(tmp_path / f"{frequency}.wav", tone(frequency, 0.5), 16000)
    slow, normal, fast = source_of(
        manifest_of(tmp_path / f"{each}.wav" for each in (800, 1000, 1250)),
        num_mels=40,
    ).extract()
    played = source_of(
        manifest_of([tmp_path / "1000.wav"]), (1.0, 0.8, 1.25), num_mels=40
    ).extract()
    loudest = [row[5:-5, :, 0].mean(axis=0).argmax() for row in played]
    assert loudest == [
        row[5:-5, :, 0].mean(axis=0).argmax() for row in (normal, slow, fast)
    ]
    assert len(set(loudest)) == 3


def test_rows_are_all_utterances_at_one_speed_after_the_other(tmp_path):
    manifest = noise_manifest(tmp_path, seconds=(0.5, 1.0))
    lengths = [len(row) for row in source_of(manifest, (1.0, 0.5)).extract()]
    # 8000, 16000, 16000 and 32000 samples.
    assert lengths == [49, 99, 99, 199]


def test_rows_of_changes_follow_those_of_speeds(tmp_path):
    manifest = noise_manifest(tmp_path, seconds=(0.5, 0.3))
    changes = Pitch(2), Noise("pink", 5, seed=3)
    source = FeatureSource(manifest, front_end(), (1.0, 0.8), changes=changes)
    rows = list(source.extract())
    assert len(rows) == len(source) == 8
    expected = [
        change(read_audio(one.path), 16000, one.key)
        for change in changes
        for one in manifest
    ]
    for row, waveform in zip(rows[4:], expected, strict=True):
        (features,), _ = front_end().extract(waveform[np.newaxis])
        np.testing.assert_allclose(row, features, rtol=1e-5, atol=1e-4)
    # 8000 and 4800 samples, at a speed of 0.8 10000 and 6000, else as at first.
    lengths = [49, 29, 61, 36, 49, 29, 49, 29]
    assert [len(row) for row in rows] == source.header_lengths().tolist() == lengths


def test_each_version_is_a_source_of_its_own(tmp_path):
    manifest = noise_manifest(tmp_path, seconds=(0.3, 0.2))
    whole = FeatureSource(manifest, front_end(), (1.0, 0.8), changes=(Pitch(2),))
    apart = [row for one in whole.apart() for row in one.extract()]
    for one, two in zip(whole.extract(), apart, strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("rate", [8000, 22050, 44100])
def test_headers_tell_the_length_to_a_frame(tmp_path, rate):
    manifest = manifest_of(
        write_noise(tmp_path / f"{row}.wav", seconds, row, rate)
        for row, seconds in enumerate([0.1, 0.35, 0.7123])
    )
    source = source_of(manifest, (1.0, 0.9, 1.1))
    true = [len(row) for row in source.extract()]
    assert np.abs(source.header_lengths() - true).max() <= 1


def test_progress_counts_the_rows(tmp_path):
    told = []
    source = source_of(noise_manifest(tmp_path), (1.0, 1.1))
    list(source.extract(lambda done, total: told.append((done, total))))
    assert told == [(done, 8) for done in range(1, 9)]


def bad_file(folder, kind):
    path = folder / "bad.wav"
    if kind == "not audio":
        path.write_text("These are words.")
    elif kind == "empty":
        soundfile.write(path, np.zeros(0), 16000)
    elif kind == "not finite":
        soundfile.write(path, np.full(9999, np.nan), 16000, subtype="FLOAT")
    return path


@pytest.mark.parametrize("cache", ["memory", "disk", "none"])
@pytest.mark.parametrize("kind", ["missing", "not audio", "empty"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, cache, kind):
    path = bad_file(tmp_path, kind)
    good = [write_noise(tmp_path / f"{row}.wav", 0.1) for row in range(2)]
    manifest = manifest_of([good[0], path, good[1]])
    with pytest.raises(AudioError, match=re.escape(f"{path}: ")):
        build_store(manifest, front_end(), cache=cache, folder=tmp_path / "cache")


def test_samples_that_are_not_finite_are_named_when_they_are_read(tmp_path):
    path = bad_file(tmp_path, "not finite")
    with pytest.raises(AudioError, match=re.escape(f"{path}: every sample")):
        build_store(manifest_of([path]), front_end())
    live = build_store(manifest_of([path]), front_end(), cache="none")
    with pytest.raises(tf.errors.OpError, match=re.escape(f"{path}: every sample")):
        rows_of(live)


def test_the_fingerprint_knows_files_and_settings_but_not_the_normalisation(tmp_path):
    manifest = noise_manifest(tmp_path)
    same = source_of(manifest).fingerprint()
    assert source_of(manifest).fingerprint() == same
    assert source_of(manifest, normalization="training").fingerprint() == same
    others = {
        source_of(manifest, window="hann").fingerprint(),
        source_of(manifest, (1.0, 0.9)).fingerprint(),
        source_of(manifest[:-1]).fingerprint(),
        source_of(manifest_of([one.path for one in manifest][::-1])).fingerprint(),
    }
    assert len(others | {same}) == 5


def test_prosody_of_another_arithmetic_is_not_taken_for_this(tmp_path, monkeypatch):
    manifest = noise_manifest(tmp_path)
    sources = source_of(manifest), source_of(manifest, streams=["prosody"])
    before = [(each.fingerprint(), each.settings()) for each in sources]
    monkeypatch.setattr(Prosody, "revision", Prosody.revision + 1)
    after = [(each.fingerprint(), each.settings()) for each in sources]
    assert before[0] == after[0]
    assert before[1][0] != after[1][0] and before[1][1] != after[1][1]


def test_the_fingerprint_knows_changes_and_keys_where_something_is_drawn(tmp_path):
    manifest = noise_manifest(tmp_path)
    renamed = Manifest(dataclasses.replace(one, key=f"x{one.key}") for one in manifest)

    def fingerprint(manifest, *changes):
        return FeatureSource(manifest, front_end(), changes=changes).fingerprint()

    pitch, noise = Pitch(2), Noise("pink", 5, seed=3)
    assert fingerprint(manifest, pitch) == fingerprint(renamed, pitch)
    assert fingerprint(manifest, noise) != fingerprint(renamed, noise)
    others = [(), (pitch,), (Pitch(3),), (noise,), (Noise("pink", 5, seed=4),)]
    others += [(pitch, noise), (noise, pitch)]
    assert len({fingerprint(manifest, *changes) for changes in others}) == 7


@pytest.mark.tfio
def test_the_fingerprint_knows_the_decoder(tmp_path):
    manifest = noise_manifest(tmp_path)
    fingerprints = {
        FeatureSource(manifest, front_end(), backend=backend).fingerprint()
        for backend in available_backends()
    }
    assert len(fingerprints) == 2
