"""Promises that every change keeps."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from satn_keras.pipelines.changes import (
    Noise,
    Pitch,
    Reverberation,
    Speed,
    VocalTract,
)
from tests.support.sounds import vowel

SAME_LENGTH = [
    Pitch(2.5),
    Pitch(-4),
    VocalTract(1.15),
    VocalTract(0.85),
    Noise("white", 13, 1),
    Noise("pink", 13, 1),
    Noise("speech", 13, 1),
    Noise("babble", 13, 1),
    Reverberation(0.3, 1),
]
DRAWN = [change for change in SAME_LENGTH if change.is_drawn]
PRINT_HASH = """
import hashlib, sys
from satn_keras.pipelines.changes import *
from tests.support.sounds import vowel
for change in eval(sys.argv[1]):
    print(hashlib.sha256(change(vowel(), 16000, "u7").tobytes()).hexdigest())
"""


def by_name(change):
    return repr(change)


@pytest.mark.parametrize("change", SAME_LENGTH, ids=by_name)
@pytest.mark.parametrize("samples", [1, 2, 97, 4001])
@pytest.mark.parametrize("sample_rate", [8000, 16000])
def test_a_version_is_as_long_as_the_utterance(change, samples, sample_rate):
    waveform = vowel(0.5)[:samples]
    waveform.setflags(write=False)
    changed = change(waveform, sample_rate, "u1")
    assert changed.dtype == np.float32 and changed.shape == (samples,)
    assert np.isfinite(changed).all()


@pytest.mark.parametrize("change", SAME_LENGTH, ids=by_name)
def test_an_utterance_of_silence_stays_silent(change):
    silence = np.zeros(4001, "float32")
    changed = change(silence, 16000, "u1")
    np.testing.assert_array_equal(changed, silence)


@pytest.mark.parametrize("change", SAME_LENGTH, ids=by_name)
def test_pauses_of_digital_silence_are_no_hindrance(change):
    waveform = vowel(0.5)
    waveform[2000:5000] = 0
    assert np.isfinite(change(waveform, 16000, "u1")).all()


@pytest.mark.parametrize("change", SAME_LENGTH, ids=by_name)
def test_every_version_is_another_sound(change):
    waveform = vowel(0.5)
    assert np.abs(change(waveform, 16000, "u1") - waveform).max() > 0.01


@pytest.mark.parametrize("change", DRAWN, ids=by_name)
def test_what_is_drawn_is_drawn_for_the_key_and_the_seed(change):
    waveform = vowel(0.3)
    one, again = (change(waveform, 16000, "u1") for _ in range(2))
    np.testing.assert_array_equal(one, again)
    reseeded = type(change)(*change.identity[1:-1], seed=2)
    for other in (change(waveform, 16000, "u2"), reseeded(waveform, 16000, "u1")):
        assert np.abs(other - one).max() > 0.001


@pytest.mark.parametrize(
    "change", [one for one in SAME_LENGTH if not one.is_drawn], ids=by_name
)
def test_what_is_not_drawn_knows_no_key(change):
    waveform = vowel(0.3)
    one, other = (change(waveform, 16000, key) for key in ("u1", "u2"))
    np.testing.assert_array_equal(one, other)


def test_another_process_gives_the_same_bits():
    changes = [Speed(0.9), *SAME_LENGTH]
    command = [sys.executable, "-c", PRINT_HASH, repr(changes)]
    # Another salt of Python's hashes, and another number of threads.
    options = {"PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "1", "PYTHONPATH": "."}
    out = subprocess.run(
        command, env={**os.environ, **options}, capture_output=True, check=True
    )
    expected = [
        hashlib.sha256(change(vowel(), 16000, "u7").tobytes()).hexdigest()
        for change in changes
    ]
    assert out.stdout.decode().split() == expected


def test_identities_tell_changes_apart():
    identities = [change.identity for change in (Speed(0.9), *SAME_LENGTH)]
    assert all(each not in identities[:n] for n, each in enumerate(identities))
    assert Noise("pink", 13, 1).identity == ["Noise", "pink", 13, 1]
