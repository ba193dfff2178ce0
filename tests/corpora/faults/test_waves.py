"""Measures of waves whose answers are known beforehand."""

import numpy as np
import pytest

from satn_keras.corpora.faults.waves import Wave

RATE = 16000


def heard(samples, block=1009):
    wave = Wave()
    for start in range(0, len(samples), block):
        wave.hear(np.asarray(samples[start : start + block], "float32"))
    return wave


def sine(frequency, amplitude=1.0, seconds=1.0):
    time = np.arange(int(RATE * seconds)) / RATE
    return amplitude * np.sin(2 * np.pi * frequency * time)


def sixteen_bits(samples):
    return np.round(np.clip(samples, -1, 32767 / 32768) * 32768) / 32768


def test_a_sine_has_the_level_and_the_mean_of_paper_and_pencil():
    wave = heard(0.25 + sine(100, 0.5))
    assert wave.mean == pytest.approx(0.25, abs=1e-6)
    assert wave.rms == pytest.approx((0.25**2 + 0.5**2 / 2) ** 0.5, rel=1e-5)
    assert (wave.low, wave.high) == pytest.approx((-0.25, 0.75), abs=1e-4)
    assert wave.samples == RATE


def test_the_extremes_are_found_in_whatever_block_they_lie():
    samples = np.zeros(5003)
    samples[4001], samples[13] = 0.5, -0.75
    wave = heard(samples)
    assert (wave.high, wave.high_place) == (0.5, 4001)
    assert (wave.low, wave.low_place) == (-0.75, 13)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1.1e6", "-1.1e6"])
@pytest.mark.parametrize("place", [0, 1500, 4999])
def test_one_sample_that_is_not_finite_is_noticed(value, place):
    samples = sine(100, 0.5)[:5000]
    samples[place] = float(value)
    assert not heard(samples).finite
    assert heard(sine(100, 0.5)).finite


@pytest.mark.parametrize("frequency", [97, 211, 997])
def test_a_sine_at_full_scale_is_not_clipped_and_a_louder_one_is(frequency):
    assert not heard(sixteen_bits(sine(frequency))).clipped
    assert heard(sixteen_bits(sine(frequency, 1.5))).clipped


def test_a_wave_that_was_clipped_and_made_quieter_is_still_clipped():
    assert heard(0.3 * np.clip(sine(97, 2.0), -1, 1)).clipped
    assert heard(0.3 * np.clip(sine(97, 2.0), -1, 2)).clipped  # below alone


@pytest.mark.parametrize("amplitude", [0.001, 0.03, 0.1, 0.3])
def test_a_quiet_low_voice_is_not_clipped(amplitude):
    assert not heard(sixteen_bits(sine(97, amplitude))).clipped


def test_a_float_file_beyond_full_scale_is_not_clipped():
    assert not heard(sine(97, 1.3)).clipped
