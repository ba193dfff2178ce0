"""Rooms of the reverberation time that is asked for."""

import numpy as np
import pytest

from satn_keras.pipelines.changes import Reverberation
from satn_keras.pipelines.changes.reverberation import room_response
from tests.pipelines.changes.measures import RATE, decay_seconds
from tests.support.sounds import vowel


def in_room(seconds, waveform):
    return Reverberation(seconds, seed=1)(waveform, RATE, "u1")


def click(samples, at):
    sound = np.zeros(samples, "float32")
    sound[at] = 0.5
    return sound


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1.1])
def test_a_click_dies_away_in_the_time(seconds):
    heard = in_room(seconds, click(2 * RATE, 1009))
    assert decay_seconds(heard[1009:]) == pytest.approx(seconds, rel=0.08)


def test_the_direct_sound_comes_first_and_on_time():
    heard = in_room(0.5, click(RATE, 1009))
    np.testing.assert_allclose(heard[:1009], 0, atol=1e-6)
    assert np.abs(heard).argmax() == 1009 and heard[1009] > 0


def test_echoes_are_as_strong_as_the_direct_sound():
    response = room_response(0.4, RATE, np.random.default_rng(1))
    assert response[0] == 1
    assert np.sum(np.square(response[1:])) == pytest.approx(1)
    assert len(response) == 1 + 0.4 * RATE


def test_an_utterance_keeps_its_energy_and_its_place():
    voice = vowel(0.7)
    heard = in_room(0.3, voice)
    energy = np.sum(np.square(heard, dtype="float64"))
    assert energy == pytest.approx(np.sum(np.square(voice, dtype="float64")), rel=1e-5)
    together = np.correlate(heard, voice, "full")
    assert together.argmax() == len(voice) - 1  # best where neither is moved
