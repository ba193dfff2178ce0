"""A student trained in half precision, as it is served."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from satn_keras.config import FeatureConfig, StudentConfig, StudentTrainingConfig
from satn_keras.experiments.precision import policy_scope
from satn_keras.export import Recognizer, export_student
from satn_keras.features import FrontEnd
from satn_keras.models import build_student
from tests.support.sounds import vowel

CLASSES = ("angry", "happy", "sad")
SERVE = """
import sys
import numpy as np
import tensorflow as tf
served = tf.saved_model.load(sys.argv[1])
answer = served.signatures["serving_default"](waveform=np.load(sys.argv[2]))
probabilities = answer["probabilities"]
assert "satn_keras" not in sys.modules and probabilities.dtype == tf.float32
np.save(sys.argv[3], probabilities)
"""


@pytest.mark.parametrize(
    ("precision", "tolerance"), [("mixed_bfloat16", 2e-2), ("mixed_float16", 2e-3)]
)
def test_it_takes_and_gives_float32_where_there_is_no_policy_and_no_package(
    precision, tolerance, tmp_path
):
    config = StudentConfig(num_levels=2, filters=8, attention_units=8)
    with policy_scope(StudentTrainingConfig(precision=precision)):
        half = build_student(3, config, bands=11, seed=1)
    full = build_student(3, config, bands=11, seed=1)
    full.set_weights(half.get_weights())
    front_end = FrontEnd(FeatureConfig(num_mels=11))
    path = export_student(half, front_end, CLASSES, tmp_path / "small")

    waveform = vowel(0.3, seed=1)[np.newaxis]
    np.save(tmp_path / "waveform.npy", waveform)
    places = [path, tmp_path / "waveform.npy", tmp_path / "probabilities.npy"]
    words = [sys.executable, "-c", SERVE, *map(str, places)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    served = np.load(places[-1])

    features, mask = front_end(waveform)
    inputs = {"features": features, "mask": mask}
    in_half, in_full = (
        keras.ops.convert_to_numpy(model(inputs)) for model in (half, full)
    )
    np.testing.assert_allclose(served.sum(), 1.0, atol=1e-6)
    # Fused otherwise, the graph rounds otherwise: one half-precision step near 1/2.
    np.testing.assert_allclose(served, in_half, atol=tolerance / 2)
    np.testing.assert_allclose(served, in_full, atol=tolerance)
    answer = Recognizer(tmp_path / "small").predict([waveform[0]])[0]
    np.testing.assert_allclose(
        [answer.probabilities[name] for name in CLASSES], served[0], atol=tolerance / 10
    )
