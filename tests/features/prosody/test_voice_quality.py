"""Noise, harmonics and perturbation of voices that have known ones."""

import keras
import numpy as np
import pytest

from satn_keras.features import Prosody
from tests.support.voices import complex_tone, noise, pulses, resonant_voice


def hear(sound, *bands):
    frames = keras.ops.convert_to_numpy(Prosody(bands=bands)(sound[None]))[0]
    return frames[5:-7].T


@pytest.mark.parametrize("ratio", [0, 5, 10, 20])
def test_noise_added_to_a_voice_is_its_harmonics_to_noise_ratio(ratio):
    voice = complex_tone(200.0, seconds=2.0)
    level = np.sqrt(np.mean(voice**2)) * 10 ** (-ratio / 20)
    (heard,) = hear(voice + noise(2.0, level), "harmonics_to_noise_ratio")
    # A period of 80 samples later, the window's taper overlaps with less of itself.
    time = (np.arange(960) - 479.5) / (0.4 * 479.5)
    taper = np.exp(-0.5 * time**2)
    overlap = np.dot(taper[80:], taper[:-80]) / np.dot(taper, taper)
    periodic = overlap / (1 + 10 ** (-ratio / 10))  # of an energy of 1
    expected = 10 * np.log10(periodic / (1 - periodic))
    assert np.median(heard) == pytest.approx(expected, abs=0.7)


def test_more_noise_is_a_lower_ratio():
    voice = complex_tone(200.0)
    medians = [
        np.median(hear(voice + noise(0.5, level), "harmonics_to_noise_ratio"))
        for level in (0.01, 0.1, 0.3)
    ]
    assert medians == sorted(medians, reverse=True)


@pytest.mark.parametrize("difference", [-6.0, 0.0, 12.0])
def test_h1_h2_is_the_difference_of_the_first_two_harmonics(difference):
    second = 0.1 * 10 ** (-difference / 20)
    sound = complex_tone(210.0, harmonics=[1], amplitude=0.1)
    sound = sound + complex_tone(210.0, harmonics=[2], amplitude=second)
    sound = sound + complex_tone(210.0, harmonics=[3, 4, 5, 6], amplitude=0.02)
    (heard,) = hear(sound, "h1_h2")
    np.testing.assert_allclose(heard, difference, atol=0.6)


def test_a_formant_s_level_is_that_of_its_highest_harmonic():
    # At 250 Hz, harmonics 2, 6 and 10 stand at resonances of 500, 1500 and 2500 Hz.
    sound = resonant_voice((500, 1500, 2500), (80, 90, 120), pitch=250)
    names = ("f1_level", "f2_level", "f3_level", "h1_a3")
    levels = np.median(hear(sound, *names), axis=1)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    bins = np.arange(len(spectrum)) * 16000 / len(sound)

    def level(frequency):
        return 20 * np.log10(spectrum[np.abs(bins - frequency) < 20].max())

    first = level(250)
    expected = [level(500) - first, level(1500) - first, level(2500) - first]
    np.testing.assert_allclose(levels[:3], expected, atol=1.0)
    assert levels[3] == pytest.approx(-expected[2], abs=1.0)


def test_a_voice_without_third_formant_has_no_level_of_it():
    sound = resonant_voice((500, 1500), (80, 90), pitch=110)
    difference, level, present = hear(sound, "h1_a3", "f3_level", "f2_level")
    assert np.median(difference) == 0.0
    assert np.median(level) == -201.0
    assert np.median(present) > -60.0


def test_an_even_voice_has_no_jitter_and_no_shimmer():
    sound = pulses([100] * 80, [1.0] * 81)
    jitter, shimmer = hear(sound, "jitter", "shimmer")
    assert np.median(jitter) < 0.001
    assert np.median(shimmer) < 0.05


@pytest.mark.parametrize("share", [0.01, 0.03])
def test_periods_that_differ_by_turns_have_that_jitter(share):
    step = round(share * 200) / 2
    lengths = [200 + step, 200 - step] * 40
    (jitter,) = hear(pulses(np.array(lengths, int), [1.0] * 81), "jitter")
    assert np.median(jitter) == pytest.approx(2 * step / 200, rel=0.25)


@pytest.mark.parametrize("ratio", [0.95, 0.8])
def test_heights_that_differ_by_turns_have_that_shimmer(ratio):
    (shimmer,) = hear(pulses([160] * 60, [1.0, ratio] * 31), "shimmer")
    expected = 20 * np.log10(1 + (1 - ratio) / ((1 + ratio) / 2))
    assert np.median(shimmer) == pytest.approx(expected, rel=0.15)


def test_noise_has_no_voice_quality():
    bands = ("jitter", "shimmer", "harmonics_to_noise_ratio", "h1_h2")
    assert (np.abs(hear(noise(1.0), *bands)) > 0).mean() < 0.05
