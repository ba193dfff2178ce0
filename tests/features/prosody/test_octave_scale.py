import keras
import numpy as np
from scipy.interpolate import CubicSpline

from satn_keras.features.prosody.framing import frame_signal
from satn_keras.features.prosody.octave_scale import OctaveScale, _spline
from satn_keras.features.prosody.smoothing import smooth


def test_the_spline_is_scipy_s_natural_one():
    knots = np.cumsum(np.random.default_rng(1).uniform(0.1, 1.0, 23))
    values = np.random.default_rng(2).standard_normal(23)
    points = np.linspace(knots[0], knots[-1], 61)
    expected = CubicSpline(knots, values, bc_type="natural")(points)
    np.testing.assert_allclose(_spline(knots, points) @ values, expected, atol=1e-9)


def test_a_spectral_peak_stands_at_its_octave():
    frequencies = np.arange(513) * 15.625
    scale = OctaveScale(frequencies)
    magnitude = np.exp(-(((frequencies - 1000) / 20) ** 2)).astype("float32")
    heard = keras.ops.convert_to_numpy(scale(magnitude[None, None]))[0, 0]
    assert scale.octaves[heard.argmax()] == np.clip(
        scale.octaves[heard.argmax()], np.log2(990), np.log2(1010)
    )


def test_what_lies_far_from_every_peak_is_left_out():
    magnitude = np.full(513, 0.1, "float32")
    magnitude[[100, 200]] = 1.0
    scale = OctaveScale(np.arange(513) * 15.625)
    heard = keras.ops.convert_to_numpy(scale(magnitude[None, None]))[0, 0]
    between = np.abs(scale.octaves - np.log2(150 * 15.625)) < 0.1
    assert np.abs(heard[between]).max() < 1e-3


def test_windows_may_begin_before_the_signal():
    signal = np.arange(1.0, 8.0, dtype="float32")[None]
    frames = keras.ops.convert_to_numpy(frame_signal(signal, 3, 5, 2, lead=2))[0]
    expected = [[0, 0, 1, 2, 3], [1, 2, 3, 4, 5], [3, 4, 5, 6, 7]]
    np.testing.assert_array_equal(frames, expected)


def test_smoothing_hears_the_utterance_s_own_frames_alone():
    values = np.array([1.0, 5.0, 99.0], "float32").reshape(1, 3, 1)
    own = np.array([[True, True, False]])
    smoothed = keras.ops.convert_to_numpy(smooth(values, own))[0, :, 0]
    np.testing.assert_array_equal(smoothed, [3.0, 3.0, 0.0])
