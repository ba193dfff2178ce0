"""The stream as a LiteRT file, run without TensorFlow."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest

from satn_keras.export.streaming import litert as module
from satn_keras.export.streaming.litert import write_stream
from tests.support import plain_stream
from tests.support.streams import causal_student, offline, speech

Interpreter = pytest.importorskip("ai_edge_litert.interpreter").Interpreter


@pytest.fixture(scope="module")
def lite(live, tmp_path_factory):
    """The causal student of the export as a LiteRT file."""
    return write_stream(tmp_path_factory.mktemp("lite") / "live.tflite", *live[:2])


def test_without_tensorflow_it_gives_the_posterior_of_each_frame(live, lite, tmp_path):
    waveform = speech()
    np.save(tmp_path / "in.npy", waveform)
    words = [lite, tmp_path / "in.npy", tmp_path / "out.npz"]
    done = subprocess.run(
        [sys.executable, "-I", pathlib.Path(plain_stream.__file__), *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    course = np.load(tmp_path / "out.npz")["course"]
    assert len(course) == live[1].frame_count(len(waveform))
    for frames in (1, 18, 99, len(course)):
        expected = offline(*live[:2], waveform, frames)
        np.testing.assert_allclose(course[frames - 1], expected, rtol=0, atol=1e-4)


def test_it_holds_built_in_operations_alone_for_one_stream(lite):
    interpreter = Interpreter(str(lite))
    kinds = {each["op_name"] for each in interpreter._get_ops_details()}
    assert {"RFFT2D", "GATHER", "SOFTMAX"} <= kinds
    assert [kind for kind in kinds if kind.startswith("Flex") or kind == "CUSTOM"] == []
    inputs = interpreter.get_signature_list()["stream"]["inputs"]
    assert {"waveform", "lengths", "end", "state_keys", "state_audio"} <= set(inputs)


def test_a_student_that_cannot_be_streamed_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="cannot be streamed"):
        write_stream(tmp_path / "a.tflite", *causal_student(encoder="blstm"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    (tmp_path / "a.tflite").write_bytes(b"old")
    monkeypatch.setattr(module, "convert_stream", lambda *parts: b"new")

    def refuse(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        write_stream(tmp_path / "a.tflite", None, None)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
