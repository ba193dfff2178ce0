"""Student with its front end as an ONNX file."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence

import keras

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.export.assets import write_assets
from satn_keras.export.frozen import freeze
from satn_keras.export.saved_model import check_classes
from satn_keras.export.versions import ONNX_FILE, SUBFOLDERS, new_version
from satn_keras.features import FrontEnd, spectra_by_matrices

OPSET = 17


def export_onnx(
    model: keras.Model,
    front_end: FrontEnd,
    classes: Sequence[str],
    folder: str | os.PathLike,
    config: ExperimentConfig | None = None,
    run: str | os.PathLike | None = None,
) -> pathlib.Path:
    """ONNX file of `model` below `folder`/onnx, as its next version.

    Inputs `waveform` float32 (batch, samples) and `lengths` int32 (batch,), output
    `probabilities` (batch, classes); the classes lie beside, in `labels.json`. Spectra
    are products with matrices, since tf2onnx knows no transform of real frames.

    Args:
        model: made by `build_student`.
        front_end: with the training part's statistics.
        classes: emotions in the order of the posterior.
        folder: of the model's name.
        config: recipe, stored beside the model.
        run: run folder, of which the model card tells.

    Returns:
        Path of the version, `folder/onnx/N`. It appears whole or not at all.

    Raises:
        ArtifactError: if the folder cannot be written, or ONNX has no operation for
            something that the model computes.
        ConfigError: if the extra `onnx` is not installed.
        ValueError: if the number of classes is not that of the posterior.
    """
    check_classes(model, classes)
    converter = _converter()
    folder = pathlib.Path(folder)
    with new_version(folder / SUBFOLDERS["onnx"]) as places:
        places[0].mkdir()
        proto = _converted(converter, model, front_end)
        (places[0] / ONNX_FILE).write_bytes(proto.SerializeToString())
        write_assets(places[0], model, front_end, classes, config, run, folder.name)
    return places[-1]


def _converter():
    try:
        import tf2onnx
    except ImportError as error:
        raise ConfigError(
            "--format onnx needs tf2onnx. Install it with "
            "`pip install 'satn-keras[onnx]'`."
        ) from error
    return tf2onnx


def _converted(tf2onnx, model, front_end):
    with spectra_by_matrices():
        frozen = freeze(model, front_end)
    try:
        proto, _ = tf2onnx.convert.from_graph_def(
            frozen.graph.as_graph_def(),
            name=model.name,
            input_names=[tensor.name for tensor in frozen.inputs],
            output_names=[tensor.name for tensor in frozen.outputs],
            opset=OPSET,
        )
    except Exception as error:  # the converter raises what its parser raises
        reason = " ".join(str(error).split())[:200]
        raise ArtifactError(
            f"--format onnx: ONNX cannot hold this model ({reason}). Export it as a "
            "SavedModel."
        ) from error
    names = {tensor.name: tensor.name.split(":")[0] for tensor in frozen.inputs}
    return _renamed(proto, {**names, frozen.outputs[0].name: "probabilities"})


def _renamed(proto, names):
    """The model with other names of tensors."""
    graph = proto.graph
    for node in graph.node:
        for side in (node.input, node.output):
            side[:] = [names.get(name, name) for name in side]
    for value in (*graph.input, *graph.output):
        value.name = names.get(value.name, value.name)
    return proto
