"""The exported model as servers load it: plain TensorFlow, C, the official protos."""

import json
import pathlib
import pickletools
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from satn_keras.export.versions import EXTRA, WARM_UP
from tests.support.sounds import vowel

SUPPORT = pathlib.Path(__file__).parents[1] / "support"
NAMES = ("attention", "features", "serve_bytes", "serve_lengths", "serving_default")
PLAIN = """
import io, sys, wave
import numpy as np
import tensorflow as tf
served = tf.saved_model.load(sys.argv[1])
sound = (0.1 * np.sin(np.arange(8000) / 7)).astype("float32")
file = io.BytesIO()
with wave.open(file, "wb") as out:
    out.setnchannels(1), out.setsampwidth(2), out.setframerate(16000)
    out.writeframes((sound * 32767).astype("<i2").tobytes())
waveform, lengths = tf.constant(sound[None]), tf.constant([8000])
for name, signature in sorted(served.signatures.items()):
    given = {"waveform": waveform, "lengths": lengths, "audio_bytes": [file.getvalue()]}
    wanted = signature.structured_input_signature[1]
    answer = signature(**{key: tf.constant(given[key]) for key in wanted})
    print(name, sorted(answer))
assert "satn_keras" not in sys.modules
"""


@pytest.fixture(scope="module")
def version(exported):
    return exported / "1"


def test_a_fresh_process_with_tensorflow_alone_runs_each_signature(version, tmp_path):
    words = [sys.executable, "-I", "-c", PLAIN, str(version)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(NAMES)


def test_a_c_program_reproduces_the_posteriors(version, tmp_path):
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here")
    library = pathlib.Path(tf.sysconfig.get_lib())
    program = tmp_path / "serve"
    build = [compiler, "-O1", "-Wall", "-o", program, SUPPORT / "serve_by_c.c"]
    build += [f"-I{tf.sysconfig.get_include()}", f"-L{library}"]
    build += [f"-Wl,-rpath,{library}", "-Wl,--allow-shlib-undefined"]
    build += [f"-l:{name}" for name in _libraries(library)]
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    batch = np.stack([vowel(0.4), np.pad(vowel(0.2, pitch=210), (0, 3200))])
    batch.tofile(tmp_path / "batch.f32")
    words = [program, version, tmp_path / "batch.f32", *_tensors(version)]
    done = subprocess.run([*words, "6400", "3200"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    found = np.asarray([line.split() for line in done.stdout.splitlines()], "float32")
    answer = tf.saved_model.load(str(version)).signatures["serve_lengths"](
        waveform=tf.constant(batch), lengths=tf.constant([6400, 3200])
    )
    np.testing.assert_allclose(found, answer["probabilities"], rtol=0, atol=1e-5)


def _libraries(folder):
    """Files of the wheel that hold TensorFlow's C API, by their versioned names."""
    return [
        next(folder.glob(f"libtensorflow_{part}.so.?")).name
        for part in ("cc", "framework")
    ]


def _tensors(version):
    """Names of what `serve_lengths` takes and gives in the graph."""
    signature = read(version).signature_def["serve_lengths"]
    inputs = (signature.inputs[name].name for name in ("waveform", "lengths"))
    return [*inputs, signature.outputs["probabilities"].name]


def read(version):
    saved = saved_model_pb2.SavedModel()
    saved.ParseFromString((version / "saved_model.pb").read_bytes())
    return saved.meta_graphs[0]


def test_saved_model_cli_lists_the_signatures(version):
    script = "from tensorflow.python.tools.saved_model_cli import main; main()"
    words = [sys.executable, "-c", script, "show", "--dir", version]
    words += ["--tag_set", "serve"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    for name in NAMES:
        assert f'SignatureDef key: "{name}"' in done.stdout


def test_the_class_names_are_in_the_graph(version):
    graph = read(version).graph_def
    nodes = [*graph.node]
    for function in graph.library.function:
        nodes += function.node_def
    strings = [list(node.attr["value"].tensor.string_val) for node in nodes]
    assert [b"angry", b"happy", b"sad"] in strings


def test_the_warm_up_parses_and_replays_through_each_signature(version):
    protos = pytest.importorskip("tensorflow_serving.apis.prediction_log_pb2")
    served = tf.saved_model.load(str(version))
    names = []
    for record in tf.data.TFRecordDataset(str(version / EXTRA / WARM_UP)):
        log = protos.PredictionLog.FromString(record.numpy())
        request = log.predict_log.request
        assert request.model_spec.name == "small"
        names.append(request.model_spec.signature_name)
        inputs = {
            name: tf.constant(tf.make_ndarray(proto))
            for name, proto in request.inputs.items()
        }
        answer = served.signatures[names[-1]](**inputs)
        for value in answer.values():
            assert value.dtype == tf.string or np.isfinite(value.numpy()).all()
    assert sorted(names) == list(NAMES)


def test_nothing_in_the_artefact_is_a_pickle(version):
    files = [path for path in version.rglob("*") if path.is_file()]
    assert len(files) > 8
    for path in files:
        assert path.suffix not in (".pkl", ".pickle", ".npy", ".joblib")
        assert not _is_pickle(path.read_bytes()), path


def _is_pickle(data):
    """Whether the bytes are one whole pickle of some length."""
    try:
        return len(list(pickletools.genops(data))) > 2
    except Exception:  # the reader's words for anything else
        return False


def test_the_assets_say_what_it_is_made_of(version, student_run):
    extra = version / EXTRA
    assert json.loads((extra / "labels.json").read_text()) == ["angry", "happy", "sad"]
    hashes = json.loads((extra / "hashes.json").read_text())
    (data,) = (version / "variables").glob("variables.data-*")
    sums = {f"variables/{data.name}": data, "student.keras": student_run / data.name}
    sums["student.keras"] = student_run / "student.keras"
    for name, path in sums.items():
        done = subprocess.run(["sha256sum", path], capture_output=True, text=True)
        assert hashes["weights"][name] == done.stdout.split()[0]
    split = json.loads((student_run / "split.json").read_text())
    assert hashes["split"] == split["sha256"]
    card = (extra / "model_card.md").read_text()
    metrics = json.loads((student_run / "metrics.json").read_text())
    for heading in ("Data", "Licence", "Protocol", "Metrics", "Limits"):
        assert f"## {heading}\n" in card
    assert f"| ua (unweighted accuracy) | {metrics['ua']:.3f} |" in card
    assert f"{metrics['ua_interval']['low']:.3f} to" in card
