"""Pitch period and harmonics-to-noise ratio of signals of known period and noise."""

import numpy as np
import pytest

from satn_keras.pipelines.pitch_period import pitch_and_harmonicity

RATE, WINDOW, HOP = 16000, 400, 160


def sawtooth(frequency, seconds=0.5, rate=RATE):
    samples = np.arange(round(seconds * rate))
    return (frequency * samples % rate) / rate - 0.5  # whole numbers: no jitter


def measured(waveform, rate=RATE):
    window, hop = round(0.025 * rate), round(0.01 * rate)
    return pitch_and_harmonicity(waveform.astype("float32"), rate, window, hop).T


@pytest.mark.parametrize("frequency", [100, 125, 200, 320, 400])
def test_the_period_of_a_sawtooth_is_one_over_its_frequency(frequency):
    periods, _ = measured(sawtooth(frequency))
    np.testing.assert_allclose(periods, 1 / frequency, atol=0.5 / RATE)


def test_the_period_is_in_seconds_at_any_rate():
    periods, _ = measured(sawtooth(210, rate=44100), rate=44100)
    np.testing.assert_allclose(periods, 1 / 210, rtol=1e-6)


@pytest.mark.parametrize("decibels", [0, 5, 10, 15])
def test_the_ratio_is_that_of_the_harmonics_to_the_noise(decibels):
    harmonics = sawtooth(160, seconds=20)
    noise = np.random.default_rng(3).standard_normal(len(harmonics))
    noise *= harmonics.std() / noise.std() * 10 ** (-decibels / 20)
    _, ratio = measured(harmonics + noise)
    assert np.median(ratio) == pytest.approx(decibels, abs=1.0)


def test_a_clean_tone_reaches_the_greatest_ratio_and_silence_the_least():
    _, clean = measured(sawtooth(200))
    _, silent = measured(np.zeros(WINDOW + HOP))
    assert clean.max() == pytest.approx(40.0, abs=0.01)
    np.testing.assert_allclose(silent, -40.0, atol=0.01)


def test_loudness_and_offset_change_nothing():
    sound = sawtooth(150) + 0.1 * np.random.default_rng(5).standard_normal(8000)
    other = measured(0.01 * sound + 0.3)
    np.testing.assert_allclose(other, measured(sound), rtol=1e-3, atol=1e-3)


def test_whole_frames_are_measured_and_no_more():
    for samples, frames in [(400, 1), (559, 1), (560, 2), (1200, 6)]:
        assert measured(np.zeros(samples)).shape == (2, frames)
