"""Arrays on disk that are either whole or absent."""

import os
import pathlib

import numpy as np


def write_array(path: pathlib.Path, array: np.ndarray) -> None:
    """`array` as .npy at `path`, under a temporary name until it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "wb") as file:
        np.save(file, array)
    os.replace(temporary, path)


def read_array(path: pathlib.Path, mapped: bool = False) -> np.ndarray:
    """Array at `path`, as a read-only memory map when `mapped`."""
    return np.load(path, mmap_mode="r" if mapped else None)
