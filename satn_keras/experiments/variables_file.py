"""Values of variables in one file, which a full disk cannot spoil without a word."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from zipfile import BadZipFile

import keras
import numpy as np

# h5py, which writes Keras's own files of weights, may lose what a full disk does not
# take when it closes a file, where Python passes over errors. A zip file cannot.
# What reading a damaged file, or one of another model, raises.
UNREADABLE = (OSError, EOFError, ValueError, KeyError, BadZipFile)


def save_variables(path: pathlib.Path, variables: Sequence) -> None:
    """Write the values of `variables` to `path`, an .npz file.

    Raises:
        OSError: if the disk does not take them.
    """
    arrays = {str(n): keras.ops.convert_to_numpy(v) for n, v in enumerate(variables)}
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def load_variables(path: pathlib.Path, variables: Sequence) -> None:
    """Put the values of a file into `variables`, in the order of `save_variables`.

    Raises:
        ValueError: if the file holds others.
        OSError, EOFError, KeyError, zipfile.BadZipFile: if it is damaged.
    """
    values = read_values(path)
    shapes = [value.shape for value in values]
    wanted = [tuple(variable.shape) for variable in variables]
    if shapes != wanted:
        raise ValueError(f"it holds {len(shapes)} variables of another model's shapes")
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def read_values(path: pathlib.Path) -> list[np.ndarray]:
    """Values in the order of `save_variables`."""
    # NumPy itself leaves a file open that it cannot read.
    with open(path, "rb") as file, np.load(file) as arrays:
        return [arrays[str(number)] for number in range(len(arrays.files))]
