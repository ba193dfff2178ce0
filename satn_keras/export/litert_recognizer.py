"""LiteRT model as a Python object that takes files or waveforms, without TensorFlow."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Sequence

import numpy as np

from satn_keras.errors import ArtifactError, AudioError, ConfigError
from satn_keras.export.named_predictions import NamedPredictions
from satn_keras.export.prediction import Prediction
from satn_keras.export.versions import CARD, LITERT_FILES, find_version
from satn_keras.export.waveforms import padded


class LiteRTRecognizer(NamedPredictions):
    """Emotion recogniser loaded from a LiteRT file; imports no TensorFlow.

    Args:
        folder: of a version, or of a name, whose latest LiteRT version is taken.
        precision: "float32", "float16" or "int8"; the first of these that the version
            holds when None.
        num_threads: of the interpreter; its own choice when None.

    Raises:
        ArtifactError: if there is no exported LiteRT model, or a damaged one.
        ConfigError: if the extra `litert` is not installed.

    Example:
        ```python
        recognizer = LiteRTRecognizer("saved_models/quickstart")
        recognizer.predict([waveform])[0].label
        ```
    """

    def __init__(
        self,
        folder: str | os.PathLike,
        precision: str | None = None,
        num_threads: int | None = None,
    ):
        self.folder = find_version(pathlib.Path(folder), "litert")
        path = _chosen(self.folder, precision)
        interpreter = _interpreter_class()
        try:
            card = json.loads((self.folder / CARD).read_text(encoding="utf-8"))
            self.classes = tuple(card["classes"])
            self.sample_rate = int(card["sample_rate"])  # Hz
            self._interpreter = interpreter(str(path), num_threads=num_threads)
            self._run = self._interpreter.get_signature_runner("serve_lengths")
        except (OSError, ValueError, LookupError, TypeError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ArtifactError(
                f"{path}: not a whole exported model ({reason}). Export the run again "
                "with `satn export --format litert`."
            ) from error

    def predict(self, waveforms: Sequence[np.ndarray]) -> list[Prediction]:
        """Emotion of each waveform, float in [-1, 1] at `sample_rate`.

        Raises:
            AudioError: if a waveform is not one-dimensional, float and finite, or
                too long for the memory.
        """
        if not len(waveforms):
            return []
        batch, lengths = padded(waveforms)
        try:
            rows = self._run(waveform=batch, lengths=lengths)["probabilities"]
        except (RuntimeError, MemoryError, ValueError) as error:
            raise AudioError(
                f"{lengths.max() / self.sample_rate:.0f} s of audio at once could not "
                f"be heard ({' '.join(str(error).split())[:200]}). Cut it into pieces "
                "of a minute."
            ) from error
        return [self._prediction(row) for row in rows]

    def _prediction(self, row):
        best = int(np.argmax(row))
        probabilities = dict(zip(self.classes, map(float, row), strict=True))
        return Prediction(self.classes[best], float(row[best]), probabilities)


def _chosen(folder, precision):
    """File of a precision, or the most exact that there is."""
    if precision is not None and precision not in LITERT_FILES:
        raise ConfigError(
            f"`precision` must be one of {', '.join(LITERT_FILES)}. "
            f"Received: {precision!r}."
        )
    wanted = LITERT_FILES if precision is None else (precision,)
    for name in wanted:
        if (folder / LITERT_FILES[name]).exists():
            return folder / LITERT_FILES[name]
    raise ArtifactError(
        f"{folder}: no LiteRT file of {' or '.join(wanted)} here. Export one with "
        f"`satn export RUN --name NAME --format litert --precision {wanted[0]}`."
    )


def _interpreter_class():
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise ConfigError(
            "LiteRT models need ai-edge-litert. Install it with "
            "`pip install 'satn-keras[litert]'`."
        ) from error
    return Interpreter
