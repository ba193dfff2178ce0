"""Another pitch at the same duration and tempo."""

import numpy as np
import pytest

from satn_keras.pipelines.changes import Pitch
from tests.pipelines.changes.measures import RATE, harmonic_levels, pitch_of
from tests.support.voices import resonant_voice

FORMANTS, BANDWIDTHS = np.array([500, 1500, 2500]), np.array([80, 100, 120])


@pytest.mark.parametrize("semitones", [-5, -2, 1, 3.5])
@pytest.mark.parametrize("pitch", [97, 211])
def test_the_pitch_of_a_vowel_moves_by_the_semitones(pitch, semitones):
    voice = resonant_voice(FORMANTS, BANDWIDTHS, pitch, seconds=0.9)
    changed = Pitch(semitones)(voice, RATE, "u1")
    assert len(changed) == len(voice)
    # A semitone is a twelfth of an octave.
    assert 12 * np.log2(pitch_of(changed, pitch) / pitch) == pytest.approx(
        semitones, abs=0.1
    )


def test_formants_move_with_the_pitch():
    ratio = 2 ** (3 / 12)
    changed = Pitch(3)(resonant_voice(FORMANTS, BANDWIDTHS, 97, 0.9), RATE, "u1")
    moved = resonant_voice(ratio * FORMANTS, ratio * BANDWIDTHS, 97 * ratio, 0.9)
    difference = harmonic_levels(changed, 97 * ratio) - harmonic_levels(
        moved, 97 * ratio
    )
    assert np.sqrt(np.mean(np.square(difference))) < 2  # dB


def test_the_tempo_stays():
    voice = resonant_voice(FORMANTS, BANDWIDTHS, 131, seconds=1.3)
    loud = np.zeros(len(voice))
    for start in (0.2, 0.6, 1.0):  # three syllables of a tenth of a second
        loud[round(start * RATE) : round((start + 0.1) * RATE)] = 1
    changed = Pitch(4)((voice * loud).astype("float32"), RATE, "u1")
    heard = np.convolve(np.square(changed), np.ones(160) / 160, "same")
    level = heard > 0.05 * heard.max()
    edges = np.flatnonzero(np.diff(level.astype(int))) / RATE
    expected = [0.2, 0.3, 0.6, 0.7, 1.0, 1.1]
    np.testing.assert_allclose(edges, expected, atol=0.02)  # half a window, 16 ms


def test_the_energy_of_a_steady_voice_stays():
    voice = resonant_voice(FORMANTS, BANDWIDTHS, 131, seconds=0.9)
    energy = np.sum(np.square(Pitch(-3)(voice, RATE, "u1"))) / np.sum(np.square(voice))
    assert energy == pytest.approx(1, abs=0.05)
