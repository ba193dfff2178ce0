"""Functionals are openSMILE's, of every file, heard once."""

import os
import pathlib
import re

import numpy as np
import pytest
import soundfile

from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import AudioError
from satn_keras.pipelines.functionals import functionals
from satn_keras.pipelines.opensmile_library import load_opensmile
from tests.pipelines.small_stores import manifest_of
from tests.support.opensmile import needs_opensmile
from tests.support.sounds import vowel

pytestmark = needs_opensmile


def write(path, sound):
    soundfile.write(path, sound, 16000)
    return path


@pytest.fixture
def manifest(tmp_path):
    return manifest_of(
        write(tmp_path / f"{pitch}.wav", vowel(0.4, pitch=pitch))
        for pitch in (110, 160, 230)
    )


@pytest.mark.parametrize(
    ("kind", "name", "values"),
    [("egemaps", "eGeMAPSv02", 88), ("compare", "ComParE_2016", 6373)],
)
def test_functionals_are_opensmile_s_of_each_file(manifest, kind, name, values):
    opensmile = load_opensmile()
    smile = opensmile.Smile(opensmile.FeatureSet[name])
    own = functionals(manifest, kind)
    assert own.shape == (3, values)
    assert own.dtype == "float32"
    for row, utterance in zip(own, manifest, strict=True):
        samples, rate = soundfile.read(utterance.path, dtype="float32")
        expected = smile.process_signal(samples, rate).to_numpy()[0]
        np.testing.assert_allclose(row, np.nan_to_num(expected), rtol=1e-6)


def test_a_higher_voice_has_a_higher_mean_pitch(manifest):
    pitch = functionals(manifest)[:, 0]  # semitones above 27.5 Hz
    falling = 1 - 0.1 * 0.4  # of the vowels, from begin to middle
    expected = 12 * np.log2(falling * np.array([110, 160, 230]) / 27.5)
    np.testing.assert_allclose(pitch, expected, atol=0.7)


def spoil(path):
    """Other bytes that a directory listing cannot tell from those before."""
    before = os.stat(path)
    pathlib.Path(path).write_bytes(b"?" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_file_is_heard_once_and_again_when_it_has_changed(manifest):
    first = functionals(manifest)
    for utterance in manifest:
        spoil(utterance.path)
    np.testing.assert_array_equal(functionals(manifest), first)
    write(manifest[1].path, vowel(0.4, pitch=300))
    again = functionals(manifest)
    np.testing.assert_array_equal(again[[0, 2]], first[[0, 2]])
    assert again[1, 0] > first[1, 0] + 3  # semitones


@pytest.mark.parametrize("samples", [1, 400, 1599])
def test_an_utterance_too_short_for_opensmile_ends_in_silence(tmp_path, samples):
    manifest = manifest_of([write(tmp_path / "short.wav", vowel()[:samples])])
    assert np.isfinite(functionals(manifest)).all()


def test_silence_has_finite_functionals(tmp_path):
    manifest = manifest_of([write(tmp_path / "silent.wav", np.zeros(8000))])
    assert np.isfinite(functionals(manifest)).all()


def test_progress_counts_the_utterances(manifest):
    told = []
    functionals(manifest, progress=lambda *done: told.append(done))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("content", [None, "These are words."])
def test_a_file_that_cannot_be_read_is_named(tmp_path, manifest, content):
    path = tmp_path / "bad.wav"
    if content:
        path.write_text(content)
    whole = manifest + Manifest([Utterance("bad", str(path), speaker="dora")])
    with pytest.raises(AudioError, match=re.escape(f"{path}: ")):
        functionals(whole)


def test_an_unknown_set_is_refused(manifest):
    with pytest.raises(ValueError, match="`kind` must be one of egemaps, compare"):
        functionals(manifest, "gemaps")
