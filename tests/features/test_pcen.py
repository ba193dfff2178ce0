"""Energies beside their past, against a loop over the frames."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.features import FrontEnd, LogMel
from satn_keras.features.decaying_sum import decaying_sum
from satn_keras.features.pcen import per_channel_energy
from tests.support.sounds import vowel

RNG = np.random.default_rng(1)


def loop(energies, smoothing=0.025):
    """Equations 1 and 2 of Wang et al. 2017, frame after frame, in float64."""
    past, lines = energies[0].astype("float64"), []
    for number, energy in enumerate(energies.astype("float64")):
        if number:
            past = (1 - smoothing) * past + smoothing * energy
        level = energy / (1e-6 + past) ** 0.98
        lines.append((level + 2.0) ** 0.5 - 2.0**0.5)
    return np.stack(lines)


@pytest.mark.parametrize("frames", [1, 2, 37, 3001])
def test_it_is_that_of_a_loop_over_the_frames(frames):
    energies = np.exp(RNG.normal(8, 4, (2, frames, 5))).astype("float32")
    found = keras.ops.convert_to_numpy(per_channel_energy(energies))
    expected = np.stack([loop(one) for one in energies])
    np.testing.assert_allclose(found, expected, rtol=2e-4, atol=1e-5)


def test_a_louder_recording_sounds_nearly_the_same():
    energies = np.exp(RNG.normal(8, 1, (1, 200, 5))).astype("float32")
    quiet, loud = (np.asarray(per_channel_energy(g * energies)) for g in (1, 100))
    # Of a factor of 100 in the energies, 100 to the power of 0.02 is left.
    assert np.abs(np.log((loud + 2**0.5) / (quiet + 2**0.5))).max() < 0.05


def test_frames_further_apart_fade_in_the_same_time():
    energies = np.exp(RNG.normal(8, 1, (1, 100, 3))).astype("float32")
    found = keras.ops.convert_to_numpy(per_channel_energy(energies, 0.020))
    np.testing.assert_allclose(found[0], loop(energies[0], 1 - 0.975**2), rtol=2e-4)


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.975, 0.999])
def test_a_decaying_sum_is_that_of_a_loop(decay):
    values, total = RNG.normal(size=(2, 3001, 3)), np.zeros((2, 3))
    expected = np.empty_like(values)
    for frame in range(3001):
        total = decay * total + values[:, frame]
        expected[:, frame] = total
    found = keras.ops.convert_to_numpy(decaying_sum(values.astype("float32"), decay))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)


def test_what_never_fades_is_refused():
    with pytest.raises(ValueError, match="`decay` must be at least 0 and below 1"):
        decaying_sum(np.ones((1, 3), "float32"), 1.0)


def test_the_stream_is_the_same_alone_and_beside_a_longer_one():
    sound = vowel(0.3)
    layer = LogMel(num_mels=11, scale="pcen")
    alone = keras.ops.convert_to_numpy(layer(sound[None]))
    batch = RNG.normal(size=(2, 8000)).astype("float32")
    batch[0, : len(sound)] = sound
    beside = keras.ops.convert_to_numpy(layer(batch, lengths=[len(sound), 8000]))
    np.testing.assert_allclose(beside[0, : alone.shape[1]], alone[0], rtol=1e-4)
    assert (beside[0, alone.shape[1] :] == 0).all()


def test_the_stream_is_that_of_its_own_energies():
    sound = vowel(0.3)[None]
    power = keras.ops.convert_to_numpy(LogMel(num_mels=11, scale="power")(sound))
    found = keras.ops.convert_to_numpy(LogMel(num_mels=11, scale="pcen")(sound))
    np.testing.assert_allclose(found[0], loop(power[0]), rtol=1e-3, atol=1e-5)


def converted(front_end, sound, folder):
    """Features by LiteRT with built-in operations alone."""
    archive = keras.export.ExportArchive()
    archive.track(front_end)
    signature = [tf.TensorSpec(sound.shape, tf.float32)]
    archive.add_endpoint("serve", lambda waveform: front_end(waveform)[0], signature)
    archive.write_out(str(folder), verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    interpreter = tf.lite.Interpreter(model_content=converter.convert())
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], sound)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


@pytest.mark.skipif(
    not hasattr(tf, "lite"), reason="this TensorFlow has no LiteRT converter"
)
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
def test_it_converts_to_litert_with_running_normalisation(tmp_path):
    front_end = FrontEnd(
        {"num_mels": 11, "mel_scale": "pcen", "normalization": "running"}
    )
    sound = vowel(0.4)[None]
    expected = keras.ops.convert_to_numpy(front_end(sound)[0])
    found = converted(front_end, sound, tmp_path)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
