import keras
import numpy as np
import pytest

from satn_keras.features import Prosody
from tests.support.voices import complex_tone, noise, resonant_voice


def hear(sound, *bands):
    frames = keras.ops.convert_to_numpy(Prosody(bands=bands)(sound[None]))[0]
    return frames[5:-7].T  # windows that hold sound alone


def semitones(hertz):
    return 12 * np.log2(hertz / 27.5)


@pytest.mark.parametrize("pitch", [82.5, 110.0, 220.0, 440.0, 880.0])
def test_the_pitch_of_a_complex_tone_is_its_fundamental(pitch):
    heard, voicing = hear(complex_tone(pitch), "f0_semitones", "voicing")
    np.testing.assert_allclose(heard, semitones(pitch), atol=0.2)
    assert voicing.min() > 0.7


@pytest.mark.parametrize("harmonics", [(2, 3, 4, 5, 6, 7), (3, 4, 5, 6, 7, 8)])
def test_a_missing_fundamental_is_heard(harmonics):
    (heard,) = hear(complex_tone(150.0, harmonics=harmonics), "f0_semitones")
    np.testing.assert_allclose(heard, semitones(150), atol=0.3)


def test_strong_even_harmonics_do_not_raise_the_pitch_by_an_octave():
    even = complex_tone(140.0, harmonics=(2, 4, 6, 8), amplitude=0.1)
    odd = complex_tone(140.0, harmonics=(1, 3, 5, 7), amplitude=0.05)
    (heard,) = hear(even + odd, "f0_semitones")
    np.testing.assert_allclose(heard, semitones(140), atol=0.3)


def test_a_single_resonance_does_not_draw_the_pitch_to_it():
    (heard,) = hear(resonant_voice((600,), (60,), pitch=120), "f0_semitones")
    np.testing.assert_allclose(heard, semitones(120), atol=0.3)


def test_a_glide_is_followed():
    glide = np.geomspace(110, 220, 16000)
    (heard,) = hear(complex_tone(glide, seconds=1.0), "f0_semitones")
    # Frame t's windows are centred 10 ms after it begins.
    middle = np.arange(5, 5 + len(heard)) * 160 + 160
    np.testing.assert_allclose(heard, semitones(glide[middle]), atol=0.4)


def test_noise_is_unvoiced():
    heard, voicing = hear(noise(2.0), "f0_semitones", "voicing")
    assert (heard == 0).mean() > 0.95
    assert voicing.max() < 0.7


def test_a_voice_between_pauses_is_voiced_alone():
    voice = complex_tone(200.0, seconds=0.3)
    pause = np.zeros(4800, "float32")
    sound = np.concatenate([pause, voice, pause])
    frames = keras.ops.convert_to_numpy(Prosody(bands=["f0_semitones"])(sound[None]))
    voiced = frames[0, :, 0] > 0
    assert voiced[31:57].all()  # wholly within 0.3 to 0.6 s
    assert not voiced[:26].any() and not voiced[63:].any()


def test_a_click_in_a_steady_voice_does_not_break_its_pitch():
    sound = complex_tone(180.0)
    sound[4000] += 3.0
    (heard,) = hear(sound, "f0_semitones")
    np.testing.assert_allclose(heard, semitones(180), atol=0.5)
