"""Student with its front end as LiteRT files of built-in operations."""

from __future__ import annotations

import os
import pathlib
import tempfile
from collections.abc import Iterable, Sequence

import keras
import tensorflow as tf

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.export.assets import write_assets
from satn_keras.export.frozen import NAME, freeze, save_frozen
from satn_keras.export.litert_weights import smaller_weights
from satn_keras.export.saved_model import check_classes
from satn_keras.export.streaming.litert import write_stream
from satn_keras.export.streaming.rules import why_not_exact
from satn_keras.export.versions import LITERT_FILES, SUBFOLDERS, new_version
from satn_keras.features import FrontEnd

STREAM = "stream.tflite"


def export_litert(
    model: keras.Model,
    front_end: FrontEnd,
    classes: Sequence[str],
    folder: str | os.PathLike,
    config: ExperimentConfig | None = None,
    run: str | os.PathLike | None = None,
    precisions: Iterable[str] = tuple(LITERT_FILES),
) -> pathlib.Path:
    """LiteRT files of `model` below `folder`/litert, as its next version.

    One signature, `serve_lengths`: `waveform` float32 (batch, samples) at the front
    end's rate and `lengths` int32 (batch,), to `probabilities` (batch, classes). LiteRT
    has no strings on phones: the classes lie beside, in `labels.json`. Short and empty
    utterances, padding and normalisation are those of `export_student`.

    - "float32", `model.tflite`: the numbers of the SavedModel.
    - "float16", `model-float16.tflite`: the network's weights in half the bytes.
    - "int8", `model-int8.tflite`: in a quarter, and its products in integers (dynamic
      range). The front end's tables stay float32 in both, see `smaller_weights`.

    Of a student that can be streamed also `stream.tflite`, float32, see `write_stream`.

    Args:
        model: made by `build_student`.
        front_end: with the training part's statistics.
        classes: emotions in the order of the posterior.
        folder: of the model's name.
        config: recipe, stored beside the model.
        run: run folder, of which the model card tells.
        precisions: which of the three files.

    Returns:
        Path of the version, `folder/litert/N`. It appears whole or not at all.

    Raises:
        ArtifactError: if the folder cannot be written, or LiteRT has no operation for
            something that the model computes.
        ConfigError: if a precision is unknown, or none is named.
        ValueError: if the number of classes is not that of the posterior.
    """
    check_classes(model, classes)
    wanted = tuple(dict.fromkeys(precisions))
    if not wanted or not set(wanted) <= set(LITERT_FILES):
        raise ConfigError(
            f"--precision: must be of {', '.join(LITERT_FILES)}. Received: "
            f"{', '.join(wanted) or 'none'}."
        )
    place = pathlib.Path(folder) / SUBFOLDERS["litert"]
    with new_version(place) as places, tempfile.TemporaryDirectory() as saved:
        places[0].mkdir()
        save_frozen(freeze(model, front_end), saved)
        exact = _converted(saved)
        for precision in wanted:
            data = exact
            if precision != "float32":
                data = smaller_weights(exact, precision, front_end.name)
            (places[0] / LITERT_FILES[precision]).write_bytes(data)
        if not why_not_exact(model, front_end):
            write_stream(places[0] / STREAM, model, front_end)
        name = pathlib.Path(folder).name
        write_assets(places[0], model, front_end, classes, config, run, name)
    return places[-1]


def _converted(saved):
    converter = tf.lite.TFLiteConverter.from_saved_model(saved, signature_keys=[NAME])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    try:
        return converter.convert()
    except Exception as error:  # the converter raises what its parser raises
        reason = " ".join(str(error).split())[:200]
        raise ArtifactError(
            f"--format litert: LiteRT's built-in operations cannot hold this model "
            f"({reason}). Export it as a SavedModel."
        ) from error
