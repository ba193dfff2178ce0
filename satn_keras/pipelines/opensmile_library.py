"""openSMILE, loaded so that it can live beside TensorFlow."""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import os
import pathlib
import sys
from importlib.metadata import version
from types import ModuleType

import numpy as np

LOUDEST = 32767 / 32768  # in openSMILE's 16 bits a sample of 1 would become -1


@functools.cache
def load_opensmile() -> ModuleType:
    """The module `opensmile`.

    TensorFlow exports Ooura's Fourier transform (`rdft` and more) in double
    precision and openSMILE has its own of the same names in single precision, so
    the dynamic linker would give openSMILE TensorFlow's, which overwrites memory.
    Bound deeply, openSMILE's library finds its own names first.

    Raises:
        ImportError: where it is missing, with the line that installs it, or where
            it was imported after TensorFlow by other code.
    """
    found = importlib.util.find_spec("opensmile")
    if found is None:
        raise ImportError(
            "Acoustic descriptors need opensmile, which is not installed. Install it "
            "with: pip install 'satn-keras[baselines]'"
        )
    if "opensmile" not in sys.modules:
        for library in pathlib.Path(found.origin).parent.glob("core/bin/*/*.so"):
            if hasattr(os, "RTLD_DEEPBIND"):  # other systems bind so by themselves
                ctypes.CDLL(os.fspath(library), mode=os.RTLD_NOW | os.RTLD_DEEPBIND)
    elif _comes_after("opensmile", "tensorflow"):
        raise ImportError(
            "opensmile was imported after TensorFlow, whose functions of the same "
            "names would overwrite its memory. Import opensmile before TensorFlow, or "
            "leave its import to satn_keras."
        )
    return importlib.import_module("opensmile")


def opensmile_version() -> str:
    """Version of openSMILE; another one may hear other values.

    Raises:
        ImportError: as `load_opensmile`.
    """
    load_opensmile()
    return version("opensmile")


def run_opensmile(smile, waveform: np.ndarray, sample_rate: int) -> np.ndarray:
    """(frames, values), float32, that a configured openSMILE hears in 16 bits."""
    heard = np.clip(waveform, -1.0, LOUDEST).astype("float32")
    return smile(heard, sample_rate)[0].T.astype("float32")


def _comes_after(module, other):
    order = list(sys.modules)
    return other in order and order.index(module) > order.index(other)
