"""The stream as signatures of an exported model."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework import op_def_registry

from satn_keras.export.streaming.signatures import add_stream
from tests.support import plain_stream
from tests.support.plain_serving import operations
from tests.support.streams import CLASSES, causal_student, offline, speech


@pytest.fixture(scope="module")
def served(live):
    """The causal student as a server loads it."""
    return tf.saved_model.load(str(live[2] / "1"))


def test_the_state_that_comes_out_is_the_state_that_goes_in(served):
    start, step = (served.signatures[name] for name in ("stream_start", "stream"))
    given = step.structured_input_signature[1]
    state = {name: spec for name, spec in given.items() if name.startswith("state_")}
    assert set(given) - set(state) == {"waveform", "lengths", "end"}
    assert given["waveform"].shape.as_list() == [None, 1600]  # 0.1 s
    for outputs in (start.structured_outputs, step.structured_outputs):
        for name, spec in state.items():
            assert outputs[name].dtype == spec.dtype
    assert set(step.structured_outputs) - set(state) == {
        *("probabilities", "label", "score", "course", "new_frames")
    }


def test_the_start_says_how_the_stream_runs_for_each_stream(served):
    found = served.signatures["stream_start"](streams=tf.constant([7, 7, 7]))
    assert found["hop_samples"].numpy().tolist() == [160] * 3
    # A window of 400, and two derivatives that reach two frames of 160 each.
    assert found["delay_samples"].numpy().tolist() == [400 + 640] * 3
    assert found["reach_frames"].numpy().tolist() == [17] * 3
    assert found["state_keys"].shape == (3, 17, 6)
    assert not any(
        value.numpy().any() for name, value in found.items() if name[:6] == "state_"
    )


def test_label_and_score_are_those_of_the_largest_probability(served):
    state = served.signatures["stream_start"](streams=tf.constant([1, 1]))
    answer = served.signatures["stream"](
        waveform=tf.constant(np.stack([speech()[3000:4600], speech()[16000:17600]])),
        lengths=tf.constant([1600, 1600]),
        end=tf.constant([False, True]),
        **{name: value for name, value in state.items() if name[:6] == "state_"},
    )
    probabilities = answer["probabilities"].numpy()
    best = [CLASSES[index] for index in probabilities.argmax(axis=1)]
    assert [name.decode() for name in answer["label"].numpy()] == best
    np.testing.assert_array_equal(answer["score"], probabilities.max(axis=1))
    # 1600 samples: of (1600 - 400) / 160 = 7.5 steps, eight frames are whole, and four
    # of them wait for others; at the end all nine come.
    assert answer["new_frames"].numpy().tolist() == [4, 9]


def test_the_stream_ends_with_what_serving_default_says(live, served):
    start, step, block = plain_stream.tensorflow_functions(str(live[2] / "1"))
    waveform = speech()
    course = plain_stream.stream(start, step, block, waveform)
    whole = served.signatures["serving_default"](waveform=waveform[None])
    np.testing.assert_allclose(course[-1], whole["probabilities"][0], rtol=0, atol=1e-4)
    for frames in (1, 30, 99):
        expected = offline(*live[:2], waveform, frames)
        np.testing.assert_allclose(course[frames - 1], expected, rtol=0, atol=1e-4)


def test_tensorflow_alone_runs_it_by_core_operations(live, tmp_path):
    waveform = speech(0.5)
    np.save(tmp_path / "in.npy", waveform)
    words = [live[2] / "1", tmp_path / "in.npy", tmp_path / "out.npz"]
    done = subprocess.run(
        [sys.executable, "-I", pathlib.Path(plain_stream.__file__), *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    course = np.load(tmp_path / "out.npz")["course"]
    expected = offline(*live[:2], waveform)
    np.testing.assert_allclose(course[-1], expected, rtol=0, atol=1e-4)
    kinds = operations(live[2] / "1")
    assert [kind for kind in kinds if op_def_registry.get(kind) is None] == []
    assert not [kind for kind in kinds if "PyFunc" in kind]


class Archive:
    """Stands for an archive, and remembers the names of its endpoints."""

    def __init__(self):
        self.names = []

    def add_endpoint(self, name, function, signature):
        self.names.append(name)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["stream_start", "stream"]),
        ({"causal_attention": False}, []),
        ({"encoder": "blstm"}, []),
    ],
)
def test_only_a_student_that_can_be_streamed_gets_the_signatures(options, names):
    archive = Archive()
    add_stream(archive, *causal_student(**options), tf.constant(CLASSES))
    assert archive.names == names


def test_the_other_signatures_and_the_card_stay(live, served):
    assert set(served.signatures) >= {"serving_default", "serve_lengths", "attention"}
    card = live[2] / "1" / "assets.extra" / "recognizer.json"
    assert json.loads(card.read_text(encoding="utf-8"))["classes"] == list(CLASSES)
