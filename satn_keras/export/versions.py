"""Versions of an exported model: numbered folders that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import shutil
from collections.abc import Iterator

from satn_keras.errors import ArtifactError

EXTRA = "assets.extra"  # folder that TensorFlow Serving leaves alone
WARM_UP = "tf_serving_warmup_requests"  # the name that TensorFlow Serving looks for
CARD = "recognizer.json"  # classes, sample rate and frame step
LITERT_FILES = {
    "float32": "model.tflite",
    "float16": "model-float16.tflite",
    "int8": "model-int8.tflite",
}
ONNX_FILE = "model.onnx"
# What says that a version is whole, by the format's name.
WHOLE = {
    "saved_model": "saved_model.pb",
    "litert": "model*.tflite",
    "onnx": ONNX_FILE,
}
# A server of SavedModels takes every number below a name for one of its versions.
SUBFOLDERS = {"saved_model": ".", "litert": "litert", "onnx": "onnx"}


@contextlib.contextmanager
def new_version(folder: pathlib.Path) -> Iterator[list[pathlib.Path]]:
    """Folder to fill, which becomes the next version when the block ends.

    Yields:
        A list of the temporary folder. Its last entry is the version's path, once the
        block has ended.

    Raises:
        ArtifactError: if the folder cannot be written.
    """
    temporary = folder / f".writing-{os.getpid()}"
    places = [temporary]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield places
        places.append(folder / str(next_version(folder)))
        os.rename(temporary, places[-1])
    except OSError as error:
        raise unwritable(folder, error.strerror or error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def unwritable(folder: pathlib.Path, reason: object) -> ArtifactError:
    """Error of a folder that cannot be written."""
    return ArtifactError(
        f"{folder}: cannot write the exported model ({' '.join(str(reason).split())}). "
        "Choose another folder or free some space."
    )


def next_version(folder: pathlib.Path) -> int:
    """Integer after the last version below `folder`; 1 for the first."""
    return max(_numbers(folder), default=0) + 1


def versions(folder: pathlib.Path, kind: str = "saved_model") -> list[int]:
    """Versions below `folder` that hold a model of the kind, sorted."""
    return [
        number for number in _numbers(folder) if _is_whole(folder / str(number), kind)
    ]


def find_version(folder: pathlib.Path, kind: str = "saved_model") -> pathlib.Path:
    """Folder of a version: `folder` itself, or its latest version.

    Args:
        folder: of a version, or of a name.
        kind: format, a key of `WHOLE`. The versions of LiteRT and ONNX lie in a folder
            of that name below the model's.

    Raises:
        ArtifactError: if neither holds a model of the kind.
    """
    if _is_whole(folder, kind):
        return folder
    for place in (folder / SUBFOLDERS[kind], folder):
        if found := versions(place, kind):
            return place / str(found[-1])
    wish = "" if kind == "saved_model" else f" --format {kind}"
    raise ArtifactError(
        f"{folder}: no exported model here. Export one with "
        f"`satn export RUN --name NAME{wish}`."
    )


def _is_whole(folder, kind):
    return any(folder.glob(WHOLE[kind]))


def _numbers(folder):
    """Every whole number that names something in `folder`, sorted."""
    if not folder.is_dir():
        return []
    names = (child.name for child in folder.iterdir())
    return sorted(int(name) for name in names if re.fullmatch("0|[1-9][0-9]*", name))
