"""Longer and shorter speech at the same pitch."""

import numpy as np
import pytest

from satn_keras.pipelines.changes.time_stretch import time_stretch
from tests.pipelines.changes.measures import RATE, pitch_of
from tests.support.sounds import tone, vowel


@pytest.mark.parametrize("length", [7001, 11200, 16001])
def test_the_result_has_the_length_and_the_pitch_of_the_voice(length):
    voice = tone(173, 0.7)
    stretched = time_stretch(voice, length, RATE)
    assert stretched.shape == (length,) and stretched.dtype == np.float32
    assert pitch_of(stretched, 173) == pytest.approx(173, abs=0.5)


@pytest.mark.parametrize("length", [8009, 16001])
def test_a_stretched_tone_stays_whole(length):
    # Windows out of step would cancel one another in places.
    stretched = time_stretch(tone(173, 0.7), length, RATE)[400:-400]
    peaks = np.abs(stretched[: len(stretched) // 160 * 160]).reshape(-1, 160).max(1)
    assert peaks.min() > 0.45 and peaks.max() < 0.52  # of an amplitude of 0.5


def test_speech_of_its_own_length_is_itself():
    voice = vowel(0.7)
    np.testing.assert_allclose(time_stretch(voice, len(voice), RATE), voice, atol=1e-6)


def test_events_lie_at_the_same_share_of_the_length():
    silence = np.zeros(16000, "float32")
    silence[4000:4160] = tone(800, 0.01)
    stretched = time_stretch(silence, 24000, RATE)
    heard = np.flatnonzero(np.abs(stretched) > 0.1)
    assert abs(heard.mean() - 6120) < 256  # half a window
