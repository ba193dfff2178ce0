"""Noise at the level that is asked for, of the spectrum that is asked for."""

import numpy as np
import pytest

from satn_keras.config import AugmentationConfig
from satn_keras.pipelines.changes import Noise
from satn_keras.pipelines.changes.noise_kinds import NOISE_KINDS
from tests.support.sounds import vowel

RATE = 16000


def speech_like(seconds=2.0):
    """A vowel in syllables, four a second."""
    voice = vowel(seconds)
    syllables = np.sin(np.pi * 4 * np.arange(len(voice)) / RATE) ** 2
    return (voice * syllables).astype("float32")


def added(kind, decibels=0, waveform=None):
    waveform = speech_like() if waveform is None else waveform
    noisy = Noise(kind, decibels, seed=1)(waveform, RATE, "u1")
    return noisy.astype("float64") - waveform


def band_power(sound, low, high):
    power = np.abs(np.fft.rfft(sound)) ** 2
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
    return power[(frequencies >= low) & (frequencies < high)].sum()


@pytest.mark.parametrize("decibels", [-5, 0, 10, 25])
@pytest.mark.parametrize("kind", sorted(NOISE_KINDS))
def test_the_ratio_of_the_energies_is_the_one_asked_for(kind, decibels):
    speech = speech_like()
    noise = added(kind, decibels)
    ratio = np.sum(np.square(speech, dtype="float64")) / np.sum(np.square(noise))
    assert 10 * np.log10(ratio) == pytest.approx(decibels, abs=0.01)


def test_white_noise_has_as_much_power_in_each_band():
    noise = added("white")
    bands = [band_power(noise, low, low + 1000) for low in range(0, 8000, 1000)]
    np.testing.assert_allclose(bands, np.mean(bands), rtol=0.15)


def test_pink_noise_has_as_much_power_in_each_octave():
    noise = added("pink")
    octaves = [band_power(noise, 8000 / 2**n, 8000 / 2 ** (n - 1)) for n in range(1, 5)]
    np.testing.assert_allclose(octaves, np.mean(octaves), rtol=0.15)


def test_noise_of_speech_has_its_spectrum_without_its_syllables():
    speech, noise = speech_like(), added("speech")
    for low, high in ((100, 300), (300, 1000), (1000, 3000), (3000, 6000)):
        ratio = band_power(noise, low, high) / band_power(speech, low, high)
        assert ratio == pytest.approx(1, rel=0.01)
    assert modulation(noise) < 0.4 * modulation(speech)


def test_babble_has_about_the_spectrum_of_speech_and_is_not_the_utterance():
    speech, noise = speech_like(), added("babble")
    ratio = band_power(noise, 100, 1500) / band_power(speech, 100, 1500)
    assert ratio == pytest.approx(1, rel=0.1)
    likeness = np.corrcoef(speech, noise)[0, 1]
    assert abs(likeness) < 0.1


def test_babble_goes_up_and_down_more_than_steady_noise():
    assert modulation(added("babble")) > modulation(added("white"))


def modulation(sound):
    """Deviation over mean of the energy of 50 ms, between syllables and words."""
    energy = np.square(sound[: len(sound) // 800 * 800]).reshape(-1, 800).sum(axis=1)
    return energy.std() / energy.mean()


def test_the_kinds_are_those_of_the_recipe():
    assert [kind for kind, _ in AugmentationConfig().noises] == list(NOISE_KINDS)
