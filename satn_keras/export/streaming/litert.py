"""A stream as one LiteRT file, for telephones and small boards."""

from __future__ import annotations

import os
import pathlib
import tempfile

import keras
import tensorflow as tf

from satn_keras.export.streaming.signatures import (
    start_answer,
    start_inputs,
    step_answer,
    step_inputs,
)
from satn_keras.export.streaming.streaming_student import StreamingStudent
from satn_keras.features import FrontEnd


def convert_stream(model: keras.Model, front_end: FrontEnd, **options) -> bytes:
    """LiteRT file of a causal student's `stream` and `stream_start`, for one stream.

    Built-in operations alone, float32. Inputs and outputs are those of the exported
    signatures, of batch 1 and without `label` and `score`: `probabilities` come in the
    order of the classes.

    Args:
        model: made by `build_student`.
        front_end: with the training part's statistics.
        **options: `block_seconds` and `memory_seconds`, as for `StreamingStudent`.

    Raises:
        ValueError: if the student cannot be streamed, with the reason.
    """
    student = StreamingStudent(model, front_end, **options)
    front_end(tf.zeros((1, front_end.sample_rate)))  # only a built layer is tracked
    archive = keras.export.ExportArchive()
    archive.track(front_end)
    archive.track(model)
    archive.add_endpoint(
        "stream_start", lambda inputs: start_answer(student, 1), [start_inputs(1)]
    )
    archive.add_endpoint(
        "stream",
        lambda inputs: step_answer(student, inputs),
        [step_inputs(student, 1)],
    )
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(
            folder, signature_keys=["stream_start", "stream"]
        )
        return converter.convert()


def write_stream(
    path: str | os.PathLike, model: keras.Model, front_end: FrontEnd, **options
) -> pathlib.Path:
    """`convert_stream` into a file, which appears whole or not at all."""
    path = pathlib.Path(path)
    temporary = path.with_name(f".writing-{os.getpid()}-{path.name}")
    try:
        temporary.write_bytes(convert_stream(model, front_end, **options))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
