"""What makes another version of an utterance."""

from __future__ import annotations

import abc
import dataclasses
import hashlib
import json
from typing import ClassVar

import numpy as np


class Change(abc.ABC):
    """Another version of an utterance for training, heard before its features.

    Subclasses are frozen dataclasses. Their fields decide the version, together with
    the utterance's key where something is drawn: the same sound, key and fields give
    the same bits in any process.
    """

    is_drawn: ClassVar[bool] = False  # by the utterance's key
    duration: float = 1.0  # of the version, over the utterance's

    @abc.abstractmethod
    def __call__(self, waveform: np.ndarray, sample_rate: int, key: str) -> np.ndarray:
        """Version of a waveform.

        Args:
            waveform: float32 (samples,), full scale at 1.
            sample_rate: Hz.
            key: of the utterance.

        Returns:
            float32, full scale at 1; what exceeds it is not cut.
        """

    @property
    def identity(self) -> list:
        """Name and fields, fit for JSON."""
        return [type(self).__name__, *dataclasses.astuple(self)]


def drawing(key: str, identity: list) -> np.random.Generator:
    """Generator that an utterance's key and a change's identity decide.

    Example:
        >>> first, again = (drawing("u1", ["Noise", 7]).random() for _ in range(2))
        >>> first == again, first == drawing("u2", ["Noise", 7]).random()
        (True, False)
    """
    digest = hashlib.sha256(json.dumps([key, identity]).encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, "<u4"))


def with_energy_of(changed: np.ndarray, waveform: np.ndarray) -> np.ndarray:
    """`changed` as float32, scaled to the energy of `waveform`, unless it has none."""
    wanted = np.sum(np.square(waveform, dtype="float64"))
    energy = np.sum(np.square(changed, dtype="float64"))
    return (changed * np.sqrt(wanted / (energy or 1.0))).astype("float32")
