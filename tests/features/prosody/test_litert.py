"""The stream converts to LiteRT with built-in operations alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.config import PROSODY_NAMES
from satn_keras.features import Prosody
from tests.support.sounds import vowel


@pytest.mark.skipif(
    not hasattr(tf, "lite"), reason="this TensorFlow has no LiteRT converter"
)
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
def test_a_converted_stream_hears_what_keras_hears(tmp_path):
    sound = vowel(0.4)[None]
    layer = Prosody()
    module = tf.Module()
    module.hear = tf.function(
        lambda waveform: layer(waveform),
        input_signature=[tf.TensorSpec(sound.shape, tf.float32)],
    )
    tf.saved_model.save(module, tmp_path, signatures=module.hear)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    interpreter = tf.lite.Interpreter(model_content=converter.convert())
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], sound)
    interpreter.invoke()
    heard = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    expected = keras.ops.convert_to_numpy(layer(sound))
    assert heard.shape == (1, 39, len(PROSODY_NAMES))
    np.testing.assert_allclose(heard, expected, rtol=1e-3, atol=1e-2)
