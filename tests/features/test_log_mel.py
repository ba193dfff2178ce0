import keras
import numpy as np
import pytest
import python_speech_features as psf
import tensorflow as tf

from satn_keras.features import LogMel, frame_count
from tests.support.sounds import tone, vowel

INT16 = 32768.0
LOG_EPSILON = -36.04365338911715  # log(2 ** -52)


def log_mel(waveform, lengths=None, **arguments):
    """One utterance through a new layer: (frames, mels)."""
    layer = LogMel(**arguments)
    return keras.ops.convert_to_numpy(layer(waveform[None], lengths=lengths))[0]


def clipped_noise():
    noise = np.random.default_rng(2).standard_normal(9973)
    return np.clip(noise, -1, 1).astype("float32")


SOUNDS = {
    "speech-like": vowel(),
    "very quiet": (vowel() * 1e-4).astype("float32"),
    "one quantum of 16 bit": np.round(vowel() * 1.9).astype("float32") / INT16,
    "loud": clipped_noise(),
    "tone": tone(440),
    "constant": np.full(7919, 0.5, "float32"),
    "silent": np.zeros(1601, "float32"),
    "silent, then speech-like": np.concatenate([np.zeros(3001, "float32"), vowel()]),
    "shorter than a window": vowel()[:211],
    "one sample": np.array([0.25], "float32"),
}


@pytest.mark.parametrize("sound", SOUNDS)
def test_agrees_with_python_speech_features(sound):
    waveform = SOUNDS[sound]
    expected = psf.logfbank(waveform.astype("float64") * INT16, nfilt=40)
    np.testing.assert_allclose(log_mel(waveform), expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "function"),
    [("rectangular", np.ones), ("hamming", np.hamming), ("hann", np.hanning)],
)
@pytest.mark.parametrize(
    ("sample_rate", "fft_length", "num_mels", "low", "high"),
    [(16000, 512, 23, 64, 7000), (8000, 256, 31, 0, 4000), (22050, 600, 40, 20, 11025)],
)
def test_windows_rates_and_edges_agree_with_python_speech_features(
    name, function, sample_rate, fft_length, num_mels, low, high
):
    waveform = vowel(sample_rate=sample_rate)
    energy, _ = psf.fbank(
        waveform.astype("float64") * INT16,
        sample_rate,
        winlen=0.030 if sample_rate == 8000 else 0.025,
        winstep=0.012,
        nfilt=num_mels,
        nfft=fft_length,
        lowfreq=low,
        highfreq=high,
        preemph=0.9,
        winfunc=function,
    )
    actual = log_mel(
        waveform,
        sample_rate=sample_rate,
        window_seconds=0.030 if sample_rate == 8000 else 0.025,
        hop_seconds=0.012,
        window=name,
        fft_length=fft_length,
        num_mels=num_mels,
        low_frequency=low,
        high_frequency=high,
        preemphasis=0.9,
    )
    np.testing.assert_allclose(actual, np.log(energy), rtol=0, atol=1e-3)


@pytest.mark.parametrize("hop", [0.0125, 0.025, 0.030])  # half, whole, over a window
@pytest.mark.parametrize("samples", [399, 401, 880, 9973])
def test_hops_of_any_length_agree_with_python_speech_features(hop, samples):
    waveform = vowel()[:samples]
    signal = waveform.astype("float64") * INT16
    expected = psf.logfbank(signal, winstep=hop, nfilt=40)
    actual = log_mel(waveform, hop_seconds=hop)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-3)


def test_a_tone_is_loudest_in_the_filter_nearest_to_it():
    # 3000 Hz is 1876.6 mel. 40 filters over 2840.0 mel peak every 69.27 mel, so
    # the 27th, which peaks at 1870.3 mel, is nearest.
    frames = log_mel(tone(3000))[3:-3]
    assert set(frames.argmax(axis=1)) == {26}


def test_silence_is_the_logarithm_of_float64_epsilon():
    np.testing.assert_allclose(
        log_mel(np.zeros(977, "float32")), LOG_EPSILON, rtol=1e-7
    )


@pytest.mark.parametrize("sound", SOUNDS)
def test_the_power_scale_is_the_energy_of_python_speech_features(sound):
    waveform = SOUNDS[sound]
    energy, _ = psf.fbank(waveform.astype("float64") * INT16, nfilt=40)
    energy[energy < 1e-15] = 0  # its epsilon for silence
    actual = log_mel(waveform, scale="power")
    np.testing.assert_allclose(actual, energy, rtol=1e-3, atol=1e-3)


def test_the_power_of_silence_and_of_padded_frames_is_zero():
    np.testing.assert_array_equal(log_mel(np.zeros(977, "float32"), scale="power"), 0.0)
    frames = log_mel(clipped_noise(), lengths=[400], scale="power")
    assert (frames[0] > 0).all()
    np.testing.assert_array_equal(frames[1:], 0.0)


def test_a_sample_that_is_no_number_does_not_pass_for_silence():
    broken = vowel()[:1601]
    broken[1000] = np.nan  # in the frames that start at 640 and 800, and 960
    assert np.flatnonzero(np.isnan(log_mel(broken)).all(axis=1)).tolist() == [4, 5, 6]


def test_ten_times_the_full_scale_adds_log_100():
    loud, quiet = (
        log_mel(vowel(), full_scale=INT16),
        log_mel(vowel(), full_scale=3276.8),
    )
    np.testing.assert_allclose(loud - quiet, np.log(100), rtol=0, atol=1e-4)


@pytest.mark.parametrize("beyond", [0.0, 1.0, np.nan])
def test_an_utterance_gets_the_same_bits_alone_and_in_a_padded_batch(beyond):
    layer = LogMel()
    sounds = [vowel(seed=n)[:length] for n, length in enumerate((9973, 4001, 400, 211))]
    lengths = np.array([len(sound) for sound in sounds])
    batch = np.full((4, 9973), beyond, "float32")
    for row, sound in zip(batch, sounds, strict=True):
        row[: len(sound)] = sound
    together = keras.ops.convert_to_numpy(layer(batch, lengths=lengths))
    for row, sound in zip(together, sounds, strict=True):
        alone = keras.ops.convert_to_numpy(layer(sound[None]))[0]
        np.testing.assert_array_equal(row[: len(alone)], alone)
        np.testing.assert_allclose(row[len(alone) :], LOG_EPSILON, rtol=1e-7)


@pytest.mark.parametrize("compiled", [False, True])
def test_a_graph_of_unknown_shape_takes_any_batch(compiled):
    layer = LogMel(num_mels=23)
    graph = tf.function(
        lambda waveform, lengths: layer(waveform, lengths=lengths),
        input_signature=[tf.TensorSpec((None, None)), tf.TensorSpec((None,), tf.int32)],
        jit_compile=compiled,
    )
    for shape in ((3, 4001), (1, 211), (2, 0), (0, 800)):
        waveform = np.resize(vowel(), shape)
        lengths = np.full(shape[0], shape[1], "int32")
        frames = graph(waveform, lengths)
        assert frames.shape == (shape[0], frame_count(shape[1], 400, 160), 23)
        np.testing.assert_allclose(frames, layer(waveform), rtol=0, atol=1e-3)


def test_symbolic_shapes_equal_eager_ones():
    layer = LogMel(num_mels=23)
    assert layer(keras.Input((1601,))).shape == (None, 9, 23)
    assert layer(keras.Input((None,))).shape == (None, None, 23)
    assert layer(np.zeros((2, 1601), "float32")).shape == (2, 9, 23)


def test_half_precision_policies_leave_features_in_float32():
    expected = log_mel(vowel())
    keras.config.set_dtype_policy("mixed_float16")
    try:
        actual = log_mel(vowel())
    finally:
        keras.config.set_dtype_policy("float32")
    assert actual.dtype == "float32"
    np.testing.assert_array_equal(actual, expected)


def test_a_layer_from_the_config_gives_the_same_features():
    layer = LogMel(
        8000, 0.02, 0.005, "hann", 200, 17, 50.0, 3000.0, 0.5, 100.0, "power"
    )
    copy = LogMel.from_config(layer.get_config())
    waveform = vowel(sample_rate=8000)[None]
    np.testing.assert_array_equal(copy(waveform), layer(waveform))


def test_integers_are_refused():
    with pytest.raises(TypeError, match="divide int16 samples by 32768.*int16"):
        LogMel()(np.zeros((1, 800), "int16"))


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"window": "blackman"}, "`window` must be one of rectangular, hamming, hann"),
        ({"scale": "mel"}, "`scale` must be one of log, power, pcen. Received: 'mel'"),
        ({"fft_length": 256}, "window=400, hop=160, fft_length=256"),
        ({"hop_seconds": 0.0}, "window=400, hop=0"),
    ],
)
def test_impossible_frames_are_refused(arguments, rule):
    with pytest.raises(ValueError, match=rule):
        LogMel(**arguments)


def test_a_waveform_without_batch_axis_is_refused():
    with pytest.raises(ValueError, match="expected ndim=2, found ndim=1"):
        LogMel()(vowel())
