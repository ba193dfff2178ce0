import json
import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.config import PROSODY_NAMES, FeatureConfig
from satn_keras.features import DESCRIPTOR_NAMES, FrontEnd, LogMel, Prosody, frame_count
from tests.support.sounds import vowel
from tests.support.voices import complex_tone, noise

ROOT = pathlib.Path(__file__).parents[3]
FEW = ("f0_semitones", "loudness", "jitter")


def hear(waveform, lengths=None, **arguments):
    frames = Prosody(**arguments)(waveform, lengths=lengths)
    return keras.ops.convert_to_numpy(frames)


def a_batch():
    """Four utterances, padded with what is no number."""
    sounds = [vowel(seed=n)[:length] for n, length in enumerate((9973, 4001, 211, 0))]
    waveform = np.full((4, 9973), np.nan, "float32")
    for row, sound in zip(waveform, sounds, strict=True):
        row[: len(sound)] = sound
    return waveform, sounds, np.array([len(sound) for sound in sounds])


def test_the_bands_are_those_of_egemaps_in_its_order_and_voicing():
    own = [name for name in PROSODY_NAMES if name != "voicing"]
    assert own == list(DESCRIPTOR_NAMES["egemaps"])


def test_an_utterance_gets_the_same_values_alone_and_in_a_padded_batch():
    layer = Prosody()
    waveform, sounds, lengths = a_batch()
    together = keras.ops.convert_to_numpy(layer(waveform, lengths=lengths))
    for row, sound in zip(together, sounds, strict=True):
        alone = keras.ops.convert_to_numpy(layer(sound[None]))[0]
        np.testing.assert_allclose(row[: len(alone)], alone, rtol=1e-4, atol=1e-3)
        np.testing.assert_array_equal(row[len(alone) :], 0.0)


@pytest.mark.parametrize("samples", [0, 1, 399, 400, 401])
def test_a_short_waveform_has_the_frames_of_the_log_mel_stream(samples):
    waveform = vowel()[None, :samples]
    frames = hear(waveform)
    assert frames.shape == (1, *LogMel()(waveform).shape[1:2], len(PROSODY_NAMES))
    assert np.isfinite(frames).all()


@pytest.mark.parametrize("level", [0.0, 1e-6])
def test_silence_is_finite_unvoiced_and_without_loudness(level):
    frames = hear(noise(amplitude=level)[None])[0]
    assert np.isfinite(frames).all()
    values = dict(zip(PROSODY_NAMES, frames.T, strict=True))
    for name in ("f0_semitones", "voicing", "jitter", "harmonics_to_noise_ratio"):
        np.testing.assert_array_equal(values[name], 0.0)
    assert values["loudness"].max() < 0.02


@pytest.mark.parametrize("bands", [PROSODY_NAMES, ("mfcc_1",), ("f0_semitones",)])
@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_sample_that_is_no_number_does_not_pass_for_silence(bands, broken):
    sound = vowel()[:8000].copy()
    sound[4000] = broken  # in the 20 ms windows of frames 24 and (but one) 23
    frames = hear(sound[None], bands=bands)[0]
    assert np.isnan(frames[[23, 24]]).all()
    assert np.isfinite(frames[:20]).all() and np.isfinite(frames[31:]).all()


def test_chosen_bands_come_in_the_order_asked_with_the_values_they_have_among_all():
    every = hear(vowel()[None])
    chosen = hear(vowel()[None], bands=FEW)
    columns = [PROSODY_NAMES.index(name) for name in FEW]
    np.testing.assert_allclose(chosen, every[..., columns], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("rate", [8000, 22050, 44100])
def test_other_sample_rates_hear_the_same_pitch(rate):
    frames = hear(
        complex_tone(220.0, rate=rate)[None], sample_rate=rate, bands=PROSODY_NAMES
    )[0]
    assert len(frames) == frame_count(rate // 2, round(0.025 * rate), rate // 100)
    pitch = frames[5:-7, PROSODY_NAMES.index("f0_semitones")]
    np.testing.assert_allclose(pitch, 36.0, atol=0.1)


def test_a_graph_of_unknown_shape_takes_any_batch():
    layer = Prosody()
    graph = tf.function(
        lambda waveform, lengths: layer(waveform, lengths=lengths),
        input_signature=[tf.TensorSpec((None, None)), tf.TensorSpec((None,), tf.int32)],
    )
    for shape in ((3, 4001), (2, 0), (0, 800)):
        waveform = np.resize(vowel(), shape)
        frames = graph(waveform, np.full(shape[0], shape[1], "int32"))
        expected = (shape[0], frame_count(shape[1], 400, 160), len(PROSODY_NAMES))
        assert frames.shape == expected
        np.testing.assert_allclose(frames, layer(waveform), rtol=1e-3, atol=0.01)


def test_symbolic_shapes_equal_eager_ones():
    layer = Prosody(bands=FEW)
    assert layer(keras.Input((1601,))).shape == (None, 9, 3)
    assert layer(keras.Input((None,))).shape == (None, None, 3)
    assert layer(np.zeros((2, 1601), "float32")).shape == (2, 9, 3)


def test_half_precision_policies_leave_features_in_float32():
    expected = hear(vowel()[None], bands=FEW)
    keras.config.set_dtype_policy("mixed_float16")
    try:
        actual = hear(vowel()[None], bands=FEW)
    finally:
        keras.config.set_dtype_policy("float32")
    assert actual.dtype == "float32"
    np.testing.assert_array_equal(actual, expected)


def test_a_layer_from_the_config_gives_the_same_values():
    layer = Prosody(8000, 0.03, 0.005, FEW)
    copy = Prosody.from_config(json.loads(json.dumps(layer.get_config())))
    waveform = vowel(sample_rate=8000)[None]
    np.testing.assert_array_equal(copy(waveform), layer(waveform))


def test_recipes_name_the_stream_and_its_bands():
    config = FeatureConfig(
        streams=("log_mel", "prosody"), prosody_bands=FEW, normalization="none"
    )
    assert FeatureConfig.model_validate_json(config.model_dump_json()) == config
    front_end = FrontEnd(config)
    features, _ = front_end.extract(vowel()[None])
    assert front_end.num_bands == config.num_mels + len(FEW)
    own = keras.ops.convert_to_numpy(features)[..., config.num_mels :, 0]
    np.testing.assert_array_equal(own, hear(vowel()[None], bands=FEW))


@pytest.mark.parametrize("bands", [("pitch",), (), ("loudness", "loudness")])
def test_recipes_with_impossible_bands_are_refused(bands):
    with pytest.raises(ValueError, match="`prosody_bands` must be `all` or different"):
        FeatureConfig(prosody_bands=bands)


@pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
def test_a_saved_model_hears_the_same(tmp_path):
    config = FeatureConfig(streams=("prosody",), normalization="none")
    waveform = keras.Input((None,))
    model = keras.Model(waveform, FrontEnd(config)(waveform)[0])
    model.save(tmp_path / "front_end.keras")
    copy = keras.saving.load_model(tmp_path / "front_end.keras")
    np.testing.assert_array_equal(copy(vowel()[None]), model(vowel()[None]))


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"bands": ["pitch"]}, "`bands` must be different names of loudness"),
        ({"bands": []}, r"Received: bands=\[\]"),
        ({"sample_rate": 4000}, "must be at least 8000 Hz.*sample_rate=4000"),
        ({"hop_seconds": 0.0}, "must hold a sample.*hop=0"),
    ],
)
def test_impossible_arguments_are_refused(arguments, rule):
    with pytest.raises(ValueError, match=rule):
        Prosody(**arguments)


def test_integers_are_refused():
    with pytest.raises(TypeError, match="divide int16 samples by 32768.*int16"):
        Prosody()(np.zeros((1, 800), "int16"))


NUMPY_SCRIPT = """
import sys
from tests.support.numpy_backend import lend_convolution
lend_convolution()
import numpy as np
from satn_keras.features import Prosody
np.save(sys.argv[2], Prosody()(np.load(sys.argv[1])))
print("tensorflow" in sys.modules)
"""


def test_runs_on_the_numpy_backend_without_tensorflow(tmp_path):
    np.save(tmp_path / "in.npy", vowel()[None])
    run = subprocess.run(
        [sys.executable, "-c", NUMPY_SCRIPT, tmp_path / "in.npy", tmp_path / "out.npy"],
        env={**os.environ, "KERAS_BACKEND": "numpy", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "False"
    expected = hear(vowel()[None])
    np.testing.assert_allclose(
        np.load(tmp_path / "out.npy"), expected, rtol=1e-3, atol=0.01
    )
