"""Student with its front end as one SavedModel that takes a waveform."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
from collections.abc import Sequence

import keras
import tensorflow as tf

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ArtifactError
from satn_keras.export.streaming.signatures import add_stream
from satn_keras.features import FrontEnd
from satn_keras.layers import chunked_copy
from satn_keras.transfer import layer_view

WAVEFORM = tf.TensorSpec((None, None), tf.float32, name="waveform")
LENGTHS = tf.TensorSpec((None,), tf.int32, name="lengths")
CARD = "recognizer.json"  # below assets.extra, which TensorFlow Serving leaves alone


def export_student(
    model: keras.Model,
    front_end: FrontEnd,
    classes: Sequence[str],
    folder: str | os.PathLike,
    config: ExperimentConfig | None = None,
) -> pathlib.Path:
    """SavedModel of `model` below `folder`, as its next version.

    Signatures, all for float32 waveforms in [-1, 1] at the front end's rate:

    - `serving_default` (waveform (batch, samples)): every sample is true.
    - `serve_lengths` (waveform, lengths (batch,) int32): samples beyond an
      utterance's length are padding, and it gets the answer it gets alone.
    - `attention` (waveform, lengths): also the share of attention that each frame
      receives, mean over queries and heads, (batch, frames).

    The first two return `probabilities` (batch, classes), `label` (batch,), string,
    and `score` (batch,), the label's probability. An utterance shorter than one
    window, even an empty one, counts as one frame of silence. Where the recipe
    normalises by speaker, each utterance stands for its speaker. Self-attention is
    computed some queries at a time (`chunked_copy`), so that a recording of an hour
    takes memory in proportion to its length; the time grows with its square unless
    the model has an `attention_reach`.

    Args:
        model: made by `build_student`.
        front_end: with the training part's statistics.
        classes: emotions in the order of the posterior.
        folder: of the model's name; versions are the integers below it.
        config: recipe, stored beside the model.

    Returns:
        Path of the version, `folder/N`. It appears whole or not at all.

    Raises:
        ArtifactError: if the folder cannot be written.
        ValueError: if the number of classes is not that of the posterior.
    """
    if model.output_shape[-1] != len(classes):
        raise ValueError(
            f"`classes` must name {model.output_shape[-1]} emotions. "
            f"Received: {list(classes)}."
        )
    folder = pathlib.Path(folder)
    temporary = folder / f".writing-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _archive(model, front_end, classes).write_out(str(temporary), verbose=False)
        _write_card(temporary / "assets.extra", front_end, classes, config)
        target = folder / str(next_version(folder))
        os.rename(temporary, target)
    except (OSError, tf.errors.OpError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise ArtifactError(
            f"{folder}: cannot write the exported model ({reason}). Choose another "
            "folder or free some space."
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def next_version(folder: pathlib.Path) -> int:
    """Integer after the last version below `folder`; 1 for the first."""
    return max(_numbers(folder), default=0) + 1


def versions(folder: pathlib.Path) -> list[int]:
    """Versions below `folder` that hold a model, sorted."""
    return [
        number
        for number in _numbers(folder)
        if (folder / str(number) / "saved_model.pb").exists()
    ]


def _numbers(folder):
    """Every whole number that names something in `folder`, sorted."""
    if not folder.is_dir():
        return []
    names = (child.name for child in folder.iterdir())
    return sorted(int(name) for name in names if re.fullmatch("0|[1-9][0-9]*", name))


def _archive(model, front_end, classes):
    names = tf.constant(list(classes))
    model = chunked_copy(model)

    # Traced once for all signatures, whose file then holds its tables once.
    @tf.function(input_signature=[WAVEFORM, LENGTHS])
    def listen(waveform, lengths):
        features, mask = front_end(waveform, lengths)
        return {"features": features, "mask": mask}

    def serve_lengths(waveform, lengths):
        posterior = model(listen(waveform, lengths), training=False)
        return _answer(posterior, names)

    def serving_default(waveform):
        batch, samples = tf.unstack(tf.shape(waveform))
        return serve_lengths(waveform, tf.fill([batch], samples))

    front_end(tf.zeros((1, front_end.sample_rate)))  # only a built layer is tracked
    archive = keras.export.ExportArchive()
    archive.track(front_end)
    archive.track(model)
    archive.add_endpoint("serving_default", serving_default, [WAVEFORM])
    archive.add_endpoint("serve_lengths", serve_lengths, [WAVEFORM, LENGTHS])
    archive.add_endpoint(
        "attention", _attention(model, listen, names), [WAVEFORM, LENGTHS]
    )
    add_stream(archive, model, front_end, names)
    return archive


def _attention(model, listen, names):
    layer = next(
        layer
        for name in ("self_attention", "attention_pooling")
        for layer in model.layers
        if layer.name == name
    )
    view = layer_view(model, [f"{layer.name}:map", "output"])

    def attention(waveform, lengths):
        outputs = view(listen(waveform, lengths), training=False)
        weights = outputs[f"{layer.name}:map"]
        if layer.name == "self_attention":
            weights = layer.received(weights)  # (batch, frames)
        return {**_answer(outputs["output"], names), "attention": weights}

    return attention


def _answer(posterior, names):
    best = tf.argmax(posterior, axis=-1)
    return {
        "probabilities": posterior,
        "label": tf.gather(names, best),
        "score": tf.reduce_max(posterior, axis=-1),
    }


def _write_card(folder, front_end, classes, config):
    folder.mkdir(parents=True)
    card = {
        "classes": list(classes),
        "sample_rate": front_end.sample_rate,
        "frame_seconds": front_end.frame_seconds,
    }
    (folder / CARD).write_text(json.dumps(card, indent=2), encoding="utf-8")
    if config is not None:
        (folder / "recipe.yaml").write_text(config.to_yaml(), encoding="utf-8")
