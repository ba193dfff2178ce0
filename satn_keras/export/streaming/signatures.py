"""A stream as signatures of an exported model: the state goes in and comes out."""

from __future__ import annotations

import keras
import tensorflow as tf

from satn_keras.export.streaming.rules import why_not_exact
from satn_keras.export.streaming.streaming_student import StreamingStudent
from satn_keras.features import FrontEnd

STATE = "state_"  # begins the name of each tensor of the state


def add_stream(
    archive: keras.export.ExportArchive,
    model: keras.Model,
    front_end: FrontEnd,
    names: tf.Tensor,
) -> None:
    """Endpoints `stream_start` and `stream`, where the student can be streamed.

    - `stream_start` (streams (batch,) int32, of any value: one a stream) gives the
      state before the first sample, zeros, each tensor named `state_…`, and how the
      stream runs, each (batch,) int32: `hop_samples`, from one frame to the next,
      `delay_samples`, from a frame's first to the last one that it waits for, and
      `reach_frames`, how far back attention sees.
    - `stream` (waveform (batch, block), lengths (batch,) int32, end (batch,) bool and
      the state) gives `probabilities`, `label`, `score`, `course` and `new_frames`, as
      `StreamingStudent.step` has them, and the state after.

    Nothing is added where `why_not_exact` has a reason.

    Args:
        archive: that tracks model and front end.
        model: made by `build_student`.
        front_end: with the training part's statistics.
        names: classes, (classes,), string.
    """
    if why_not_exact(model, front_end):
        return
    student = StreamingStudent(model, front_end)

    def stream_start(inputs):
        return start_answer(student, tf.shape(inputs["streams"])[0])

    def stream(inputs):
        answer = step_answer(student, inputs)
        best = tf.argmax(answer["probabilities"], axis=-1)
        answer["label"] = tf.gather(names, best)
        answer["score"] = tf.reduce_max(answer["probabilities"], axis=-1)
        return answer

    archive.add_endpoint("stream_start", stream_start, [start_inputs()])
    archive.add_endpoint("stream", stream, [step_inputs(student)])


def start_inputs(batch: int | None = None) -> dict[str, tf.TensorSpec]:
    """What `stream_start` takes."""
    return {"streams": tf.TensorSpec((batch,), tf.int32, name="streams")}


def step_inputs(
    student: StreamingStudent, batch: int | None = None
) -> dict[str, tf.TensorSpec]:
    """What `stream` takes, by name."""
    shapes = {
        "waveform": ((student.block_samples,), "float32"),
        "lengths": ((), "int32"),
        "end": ((), "bool"),
        **_prefixed(student.state_shapes()),
    }
    return {
        name: tf.TensorSpec((batch, *shape), dtype, name=name)
        for name, (shape, dtype) in shapes.items()
    }


def start_answer(student: StreamingStudent, batch) -> dict[str, tf.Tensor]:
    """What `stream_start` gives for so many streams."""
    facts = {
        "hop_samples": student.hop_samples,
        "delay_samples": student.delay_samples,
        "reach_frames": student.reach_frames,
    }
    facts = {name: tf.fill([batch], number) for name, number in facts.items()}
    return {**_prefixed(student.start(batch)), **facts}


def step_answer(student: StreamingStudent, inputs: dict) -> dict[str, tf.Tensor]:
    """What `stream` gives, all but the label."""
    state = {
        name.removeprefix(STATE): value
        for name, value in inputs.items()
        if name.startswith(STATE)
    }
    given = (inputs[name] for name in ("waveform", "lengths", "end"))
    answer, after = student.step(state, *given)
    return {**answer, **_prefixed(after)}


def _prefixed(state):
    return {STATE + name: value for name, value in state.items()}
