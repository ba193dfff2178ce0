"""LiteRT and ONNX files: the numbers of the model in memory, without TensorFlow."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.config import FeatureConfig, StudentConfig
from satn_keras.errors import ArtifactError, AudioError, ConfigError
from satn_keras.export import LiteRTRecognizer, export_litert, export_onnx
from satn_keras.features import FrontEnd, LinearDiscriminant, UtteranceStatistics
from satn_keras.models import PosteriorProduct, build_student
from tests.support.sounds import vowel

CLASSES = ("angry", "happy", "sad")
SECONDS = (0.01, 0.2, 0.53, 1.1, 3.3)  # the last in two chunks of attention

pytestmark = [
    pytest.mark.skipif(not hasattr(tf, "lite"), reason="no LiteRT converter here"),
    pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated"),
]


@pytest.fixture(scope="module")
def judged():
    """Tiny student beside a judge of sorted percentiles, and its front end."""
    keras.utils.set_random_seed(3)
    config = StudentConfig(num_levels=1, filters=5, attention_units=5)
    student = build_student(3, config, bands=7, seed=1)
    inputs = student.input
    heard = UtteranceStatistics(pitch_band=0)(inputs["features"], mask=inputs["mask"])
    judge = LinearDiscriminant(heard.shape[-1], 3)
    rng = np.random.default_rng(3)
    width = heard.shape[-1]
    judge.set_discriminant(
        rng.normal(size=width),
        np.ones(width),
        rng.normal(size=(width, 3)) / 30,
        [0.1, 0.0, -0.1],
    )
    product = PosteriorProduct(0.5)(student.output, judge(heard))
    front_end = FrontEnd(FeatureConfig(num_mels=7, normalization="utterance"))
    return keras.Model(inputs, product, name="judged"), front_end


@pytest.fixture(scope="module")
def folder(judged, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "judged"
    export_litert(*judged, CLASSES, folder)
    return folder


def in_memory(judged, waveform):
    model, front_end = judged
    features, mask = front_end(waveform[np.newaxis])
    return np.asarray(model({"features": features, "mask": mask}, training=False))[0]


@pytest.mark.parametrize(
    ("precision", "tolerance"), [("float32", 1e-4), ("float16", 2e-3), ("int8", 5e-2)]
)
def test_each_precision_answers_as_the_model_in_memory(
    judged, folder, precision, tolerance
):
    recognizer = LiteRTRecognizer(folder, precision)
    sounds = [vowel(seconds) for seconds in SECONDS]
    expected = [in_memory(judged, sound) for sound in sounds]
    together = recognizer.predict(sounds)
    alone = [recognizer.predict([sound])[0] for sound in sounds]
    for found in (together, alone):
        rows = [list(one.probabilities.values()) for one in found]
        np.testing.assert_allclose(rows, expected, rtol=0, atol=tolerance)
    if precision == "float32":
        best = [CLASSES[row.argmax()] for row in expected]
        assert [one.label for one in together] == best


def test_smaller_numbers_make_smaller_files(folder):
    sizes = [
        (folder / "litert" / "1" / name).stat().st_size
        for name in ("model.tflite", "model-float16.tflite", "model-int8.tflite")
    ]
    assert sizes == sorted(sizes, reverse=True)


def test_every_operation_is_built_in(folder):
    from tensorflow.lite.python import schema_py_generated as schema

    for path in (folder / "litert" / "1").glob("*.tflite"):
        model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
        codes = {
            max(c.builtinCode, c.deprecatedBuiltinCode) for c in model.operatorCodes
        }
        assert schema.BuiltinOperator.CUSTOM not in codes
        assert schema.BuiltinOperator.RFFT2D in codes  # the front end is inside


def test_a_fresh_process_hears_without_tensorflow(folder):
    script = (
        "import sys, numpy as np\n"
        "from satn_keras.export import LiteRTRecognizer\n"
        "found = LiteRTRecognizer(sys.argv[1]).predict([np.zeros(800, 'float32')])\n"
        "print(found[0].label in ('angry', 'happy', 'sad'))\n"
        "print(sorted({'tensorflow', 'keras', 'pandas'} & set(sys.modules)))\n"
    )
    words = [sys.executable, "-c", script, folder]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.stdout == "True\n[]\n", done.stderr


def test_what_is_not_there_is_named(folder, tmp_path):
    with pytest.raises(ArtifactError, match="satn export RUN .*--format litert"):
        LiteRTRecognizer(tmp_path)
    with pytest.raises(ConfigError, match="must be one of float32, float16, int8"):
        LiteRTRecognizer(folder, "int4")
    with pytest.raises(AudioError, match="waveform 0: must be one-dimensional"):
        LiteRTRecognizer(folder).predict([np.zeros((2, 3))])


def test_onnx_answers_as_the_model_in_memory(judged, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("tf2onnx")
    path = export_onnx(*judged, CLASSES, tmp_path / "judged")
    session = onnxruntime.InferenceSession(str(path / "model.onnx"))
    sounds = [vowel(seconds) for seconds in SECONDS]
    batch = np.zeros((len(sounds), len(sounds[-1])), "float32")
    for row, sound in zip(batch, sounds, strict=True):
        row[: len(sound)] = sound
    lengths = np.asarray([len(sound) for sound in sounds], "int32")
    (found,) = session.run(None, {"waveform": batch, "lengths": lengths})
    expected = [in_memory(judged, sound) for sound in sounds]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_a_student_that_can_be_streamed_gets_a_stream_beside(live, folder, tmp_path):
    model, front_end, _ = live
    classes = tuple("abcdefgh")[: model.output_shape[-1]]
    path = export_litert(
        model, front_end, classes, tmp_path / "live", precisions=["float32"]
    )
    assert {file.name for file in path.glob("*.tflite")} == {
        "model.tflite",
        "stream.tflite",
    }
    assert not (folder / "litert" / "1" / "stream.tflite").exists()
