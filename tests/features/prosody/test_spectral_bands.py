"""Loudness, balance, flux and cepstrum of sounds whose own are known."""

import keras
import numpy as np
import pytest

from satn_keras.features import Prosody
from satn_keras.features.prosody.loudness import equal_loudness
from satn_keras.features.prosody.mel_bands import mel_bands
from tests.support.sounds import tone
from tests.support.voices import noise


def hear(sound, *bands):
    frames = keras.ops.convert_to_numpy(Prosody(bands=bands)(sound[None]))[0]
    return frames[3:-5].T


def tilted_noise(decibels_per_hertz, seconds=4.0):
    """Noise whose level falls linearly with frequency."""
    spectrum = np.fft.rfft(noise(seconds).astype("float64"))
    frequency = np.fft.rfftfreq(round(seconds * 16000), 1 / 16000)
    spectrum *= 10 ** (decibels_per_hertz * np.minimum(frequency, 4000) / 20)
    return np.fft.irfft(spectrum).astype("float32")


@pytest.mark.parametrize("slope", [-0.02, 0.0, 0.01])
def test_a_spectrum_that_falls_by_a_slope_has_it(slope):
    low, high = hear(tilted_noise(slope), "slope_0_500", "slope_500_1500")
    assert high.mean() == pytest.approx(slope, abs=0.002)
    # At 0 Hz a window's bin is real: it has 3 dB more or less than its neighbours.
    assert low.mean() == pytest.approx(slope, abs=0.006)


def test_a_slope_does_not_depend_on_the_level():
    loud, quiet = (hear(g * noise(), "slope_500_1500") for g in (1.0, 0.01))
    np.testing.assert_allclose(loud, quiet, atol=1e-4)


@pytest.mark.parametrize("gain", [0.1, 0.5])
def test_loudness_grows_with_power_to_the_exponent_0_33(gain):
    (loud,), (quiet,) = hear(noise(), "loudness"), hear(gain * noise(), "loudness")
    np.testing.assert_allclose(quiet / loud, gain ** (2 * 0.33), rtol=0.01)


def test_a_tone_is_louder_at_3_khz_than_at_100_hz_and_8_khz():
    weights = equal_loudness([100.0, 3000.0, 7900.0])
    assert weights.argmax() == 1
    low, middle = (hear(tone(f), "loudness").mean() for f in (100, 3000))
    assert middle > 2 * low


def test_the_ratios_of_two_tones_are_those_of_their_powers():
    # 500 and 3000 Hz on bins of the transform, the second 12 dB weaker.
    sound = tone(500) + tone(3000) * np.float32(10 ** (-12 / 20))
    alpha, hammarberg = hear(sound, "alpha_ratio", "hammarberg_index")
    np.testing.assert_allclose(alpha, -12, atol=0.1)
    np.testing.assert_allclose(hammarberg, 12, atol=0.1)


def test_a_steady_tone_has_no_flux_and_an_onset_has_some():
    sound = np.concatenate([np.zeros(8000, "float32"), tone(500, 0.5)])
    frames = keras.ops.convert_to_numpy(Prosody(bands=["flux"])(sound[None]))[0, :, 0]
    assert frames[:46].max() == 0.0
    assert frames[48:54].argmax() in (1, 2, 3)
    assert frames[56:90].max() < 0.05 * frames.max()


def test_the_cepstrum_is_the_liftered_cosine_transform_of_log_mel_energies():
    sound = noise(0.05)[:560]  # two whole windows of 20 ms and a half
    window = np.hamming(320)
    starts = range(0, 480, 160)
    padded = np.pad(sound, (0, 400))
    power = [
        np.abs(np.fft.rfft(padded[s : s + 320] * window, 512)) ** 2 for s in starts
    ]
    filters, _ = mel_bands(np.arange(257) * 31.25)
    mels = np.log(np.array(power) @ filters * 32767**2)
    k = np.arange(1, 5)
    cosines = np.cos(np.pi * np.outer(k, np.arange(26) + 0.5) / 26)
    cepstra = np.sqrt(2 / 26) * mels @ cosines.T * (1 + 11 * np.sin(np.pi * k / 22))
    smoothed = (cepstra[:2].mean(0), cepstra.mean(0))  # frames 0 and 1 of two
    names = [f"mfcc_{n}" for n in k]
    frames = keras.ops.convert_to_numpy(Prosody(bands=names)(sound[None]))[0]
    assert len(frames) == 2
    np.testing.assert_allclose(frames, [smoothed[0], cepstra[:2].mean(0)], atol=1e-2)


def test_mel_filters_are_even_in_mel_and_peak_at_their_centres():
    filters, centres = mel_bands(np.arange(4097) * 8000 / 4096)
    mels = 1127 * np.log(1 + centres / 700)
    np.testing.assert_allclose(np.diff(mels), np.diff(mels)[0], rtol=1e-6)
    np.testing.assert_allclose(filters.argmax(0) * 8000 / 4096, centres, atol=2)
    assert filters.max() <= 1.0
