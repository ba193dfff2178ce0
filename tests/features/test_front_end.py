import json
import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import python_speech_features as psf
import tensorflow as tf

from satn_keras.config import FeatureConfig
from satn_keras.features import STREAMS, FrontEnd
from tests.support.sounds import vowel

ROOT = pathlib.Path(__file__).parents[2]
SMALL = FeatureConfig(num_mels=23, normalization="utterance")


def to_numpy(tensors):
    return [keras.ops.convert_to_numpy(tensor) for tensor in tensors]


def a_batch():
    """Three utterances of 9973, 4001 and 0 samples, padded with ones."""
    waveform = np.ones((3, 9973), "float32")
    waveform[0], waveform[1, :4001] = vowel()[:9973], vowel(seed=2)[:4001]
    return waveform, np.array([9973, 4001, 0], "int32")


def test_extracts_static_first_and_second_delta_of_python_speech_features():
    features, mask = to_numpy(FrontEnd(FeatureConfig()).extract(vowel()[None]))
    static = psf.logfbank(vowel().astype("float64") * 32768, nfilt=40)
    first = psf.delta(static, 2)
    expected = np.stack([static, first, psf.delta(first, 2)], axis=-1)
    np.testing.assert_allclose(features[0], expected, rtol=0, atol=1e-3)
    assert mask.all() and mask.shape == features.shape[:2]


def test_the_recipe_chooses_energies_without_logarithm():
    features, _ = to_numpy(
        FrontEnd(FeatureConfig(mel_scale="power")).extract(vowel()[None])
    )
    energy, _ = psf.fbank(vowel().astype("float64") * 32768, nfilt=40)
    np.testing.assert_allclose(features[0, ..., 0], energy, rtol=1e-3)


def test_a_call_extracts_and_normalizes():
    front_end = FrontEnd(SMALL)
    features, mask = front_end.extract(*a_batch())
    normalized = front_end.normalize(features, mask)
    called, called_mask = to_numpy(front_end(a_batch()[0], lengths=a_batch()[1]))
    np.testing.assert_array_equal(called, normalized)
    np.testing.assert_array_equal(called_mask, mask)


def test_the_mask_counts_each_utterance_s_frames():
    _, mask = to_numpy(FrontEnd(SMALL).extract(*a_batch()))
    # 1 + ceil((9973 - 400) / 160), 1 + ceil((4001 - 400) / 160), and one at least
    np.testing.assert_array_equal(mask.sum(axis=1), [61, 24, 1])
    np.testing.assert_array_equal(mask, np.sort(mask, axis=1)[:, ::-1])


def test_an_utterance_gets_the_same_features_alone_and_in_a_padded_batch():
    front_end = FrontEnd(SMALL)
    waveform, lengths = a_batch()
    extracted, _ = to_numpy(front_end.extract(waveform, lengths))
    together, mask = to_numpy(front_end(waveform, lengths=lengths))
    for row, length in enumerate(lengths):
        own = waveform[row : row + 1, :length]
        before = to_numpy(front_end.extract(own))[0][0]
        after = to_numpy(front_end(own))[0][0]
        # 23 mels do not fill vector registers: the logarithm's last bit may differ.
        np.testing.assert_allclose(extracted[row, mask[row]], before, rtol=0, atol=1e-5)
        np.testing.assert_allclose(together[row, mask[row]], after, rtol=0, atol=1e-5)
    assert (together[~mask] == 0).all()


@pytest.mark.parametrize("samples", [0, 1, 399])
def test_a_waveform_shorter_than_a_window_has_one_frame(samples):
    features, mask = FrontEnd(SMALL)(vowel()[None, :samples])
    assert features.shape == (1, 1, 23, 3) and mask.shape == (1, 1)
    assert np.isfinite(features).all()


@pytest.mark.parametrize("compiled", [False, True])
def test_a_graph_of_unknown_shape_gives_the_eager_features(compiled):
    front_end = FrontEnd(SMALL)
    graph = tf.function(
        lambda waveform, lengths: front_end(waveform, lengths=lengths),
        input_signature=[tf.TensorSpec((None, None)), tf.TensorSpec((None,), tf.int32)],
        jit_compile=compiled,
    )
    features, mask = graph(*a_batch())
    expected, expected_mask = front_end(a_batch()[0], lengths=a_batch()[1])
    np.testing.assert_allclose(features, expected, rtol=0, atol=1e-3)
    np.testing.assert_array_equal(mask, expected_mask)


@pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
def test_a_saved_model_brings_its_statistics_back(tmp_path):
    front_end = FrontEnd(FeatureConfig(num_mels=23))
    mean = np.random.default_rng(5).standard_normal((23, 3))
    front_end.set_statistics(mean, np.exp(mean))
    waveform, lengths = keras.Input((None,)), keras.Input((), dtype="int32")
    model = keras.Model([waveform, lengths], front_end(waveform, lengths=lengths))
    model.save(tmp_path / "front_end.keras")
    copy = keras.saving.load_model(tmp_path / "front_end.keras")
    for actual, expected in zip(copy(a_batch()), model(a_batch()), strict=True):
        np.testing.assert_array_equal(actual, expected)
    loaded = copy.layers[-1]
    assert loaded.config == front_end.config
    loaded_mean = keras.ops.convert_to_numpy(loaded.normalization.mean)
    np.testing.assert_allclose(loaded_mean, mean, rtol=1e-6)


def test_the_config_survives_json():
    config = json.loads(json.dumps(FrontEnd(SMALL).get_config()))
    assert FrontEnd.from_config(config).config == SMALL


def test_symbolic_shapes_and_types_equal_eager_ones():
    front_end = FrontEnd(SMALL)
    features, mask = front_end(keras.Input((1601,)))
    eager = front_end(np.zeros((2, 1601), "float32"))
    assert features.shape == (None, *eager[0].shape[1:]) == (None, 9, 23, 3)
    assert mask.shape == (None, *eager[1].shape[1:]) == (None, 9)
    assert (features.dtype, mask.dtype) == ("float32", "bool")
    features, mask = front_end(keras.Input((None,)))
    assert (features.shape, mask.shape) == ((None, None, 23, 3), (None, None))


def test_speaker_statistics_reach_the_normalization():
    front_end = FrontEnd(SMALL.model_copy(update={"normalization": "speaker"}))
    extracted, _ = to_numpy(front_end.extract(vowel()[None]))
    statistics = np.ones((1, 2, 23, 3), "float32") * [[[[3.0]], [[2.0]]]]
    features, _ = front_end(vowel()[None], statistics=statistics)
    np.testing.assert_allclose(features, (extracted - 3) / (2 + 1e-5), rtol=1e-5)


def test_half_precision_policies_leave_features_in_float32():
    expected, _ = to_numpy(FrontEnd(SMALL)(vowel()[None]))
    keras.config.set_dtype_policy("mixed_float16")
    try:
        actual, _ = to_numpy(FrontEnd(SMALL)(vowel()[None]))
    finally:
        keras.config.set_dtype_policy("float32")
    np.testing.assert_array_equal(actual, expected)


class Peak(keras.layers.Layer):
    """Largest sample of the utterance, in every frame of the first stream."""

    num_bands = 2

    def call(self, waveform, lengths=None):
        frames = 1 + -(-(keras.ops.shape(waveform)[1] - 400) // 160)
        peak = keras.ops.max(waveform, axis=1)[:, None, None]
        return keras.ops.tile(peak, (1, frames, 2))


def test_a_stream_joins_with_one_line_in_the_registry(monkeypatch):
    monkeypatch.setitem(STREAMS, "peak", lambda config: Peak())
    config = SMALL.model_copy(update={"streams": ("log_mel", "peak")})
    front_end = FrontEnd(config)
    features, _ = to_numpy(front_end.extract(vowel()[None]))
    alone, _ = to_numpy(FrontEnd(SMALL).extract(vowel()[None]))
    assert front_end.num_bands == 25
    np.testing.assert_array_equal(features[:, :, :23], alone)
    np.testing.assert_allclose(features[:, :, 23:, 0], vowel().max())


def test_frame_times_are_the_middles_of_the_windows():
    front_end = FrontEnd(SMALL)
    assert front_end.frame_seconds == 0.01
    assert front_end.sample_rate == 16000
    np.testing.assert_allclose(front_end.frame_times(3), [0.0125, 0.0225, 0.0325])


NUMPY_SCRIPT = """
import sys
from tests.support.numpy_backend import lend_convolution
lend_convolution()
import numpy as np
from satn_keras.config import FeatureConfig
from satn_keras.features import FrontEnd
front_end = FrontEnd(FeatureConfig(num_mels=23, normalization="utterance"))
data = np.load(sys.argv[1])
features, mask = front_end(data["waveform"], lengths=data["lengths"])
np.savez(sys.argv[2], features=features, mask=mask)
print(type(features).__module__, "tensorflow" in sys.modules)
"""


def test_runs_on_the_numpy_backend_without_tensorflow(tmp_path):
    waveform, lengths = a_batch()
    np.savez(tmp_path / "in.npz", waveform=waveform, lengths=lengths)
    process = subprocess.run(
        [sys.executable, "-c", NUMPY_SCRIPT, tmp_path / "in.npz", tmp_path / "out.npz"],
        env={**os.environ, "KERAS_BACKEND": "numpy"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
    assert process.stdout.split() == ["numpy", "False"]
    actual = np.load(tmp_path / "out.npz")
    features, mask = FrontEnd(SMALL)(waveform, lengths=lengths)
    np.testing.assert_allclose(actual["features"], features, rtol=0, atol=1e-3)
    np.testing.assert_array_equal(actual["mask"], mask)


@pytest.mark.parametrize("derivatives", [0, 1])
def test_fewer_derivatives_are_the_first_channels(derivatives):
    every, _ = to_numpy(FrontEnd(SMALL).extract(vowel()[None]))
    front_end = FrontEnd(SMALL.model_copy(update={"derivatives": derivatives}))
    fewer, _ = to_numpy(front_end.extract(vowel()[None]))
    np.testing.assert_array_equal(fewer, every[..., : 1 + derivatives])
    assert front_end.num_channels == 1 + derivatives
    normalized, _ = front_end(keras.Input((1601,)))
    assert normalized.shape == (None, 9, 23, 1 + derivatives)


def test_bands_of_voice_have_no_value_in_silence():
    config = FeatureConfig(
        streams=("log_mel", "prosody"),
        num_mels=23,
        prosody_bands=("loudness", "jitter", "f0_semitones"),
        normalization="utterance",
        unvoiced="mean",
    )
    front_end = FrontEnd(config)
    waveform = np.concatenate([vowel(), np.zeros(8000, "float32")])[None]
    extracted, _ = to_numpy(front_end.extract(waveform))
    voiced = extracted[0, :, 25, 0] > 0
    assert 0.3 < voiced.mean() < 0.9
    present = front_end.present(extracted[0])
    np.testing.assert_array_equal(present[:, 25], voiced)
    np.testing.assert_array_equal(present[:, 24], voiced)
    assert present[:, :24].all()
    features, _ = to_numpy(front_end(waveform))
    assert (features[0, ~voiced, 24:] == 0).all()
    np.testing.assert_allclose(features[0, voiced, 25].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(features[0, voiced, 25, 0].std(), 1, rtol=1e-2)
