"""Arrays of a run, written whole and read without pickle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zipfile import BadZipFile

import numpy as np

from satn_keras.errors import ArtifactError
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.pipelines.files import whole_file


def write_arrays(
    run: RunDirectory, name: str, arrays: Mapping[str, np.ndarray]
) -> None:
    """File `name` (.npz) of the run."""
    with whole_file(run.path / name) as file:
        np.savez(file, **arrays)


def read_arrays(
    run: RunDirectory, name: str, keys: Iterable[str]
) -> dict[str, np.ndarray]:
    """Arrays of the run's file `name`.

    Raises:
        ArtifactError: if it is missing or damaged.
    """
    path = run.path / name
    try:
        # NumPy leaves a damaged file open that it has opened itself.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {key: arrays[key] for key in keys}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ArtifactError(
            f"{path}: missing or damaged ({error}). Train the run to its end."
        ) from error
