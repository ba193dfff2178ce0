"""Exported model as a Python object that takes files or waveforms."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import tensorflow as tf

from satn_keras.errors import ArtifactError, AudioError
from satn_keras.export.saved_model import CARD, versions
from satn_keras.pipelines import read_audio

# What TensorFlow raises for files that are missing, cut short or not its own.
_DAMAGE = (
    *(OSError, ValueError, LookupError, TypeError, RuntimeError),
    tf.errors.OpError,
)

MOST_ROWS = 8  # utterances in one batch
MOST_SQUARED_SAMPLES = 8 * (15 * 16000) ** 2  # eight of a quarter of a minute


@dataclasses.dataclass(frozen=True)
class Prediction:
    """Emotion of one utterance.

    Attributes:
        label: the likeliest class.
        score: its probability.
        probabilities: of every class.
        path: of the file; empty for a waveform.
    """

    label: str
    score: float
    probabilities: dict[str, float]
    path: str = ""

    def to_dict(self) -> dict:
        """`path`, `label`, `score` and `probabilities`, for JSON."""
        return {
            "path": self.path,
            "label": self.label,
            "score": self.score,
            "probabilities": self.probabilities,
        }


class Recognizer:
    """Emotion recogniser loaded from an exported SavedModel.

    Args:
        folder: of a version, or of a name, whose latest version is taken.

    Raises:
        ArtifactError: if there is no exported model.

    Example:
        ```python
        recognizer = Recognizer("saved_models/quickstart")
        recognizer.predict([waveform])[0].label
        ```
    """

    def __init__(self, folder: str | os.PathLike):
        self.folder = find_version(pathlib.Path(folder))
        card = self.folder / "assets.extra" / CARD
        try:
            values = json.loads(card.read_text(encoding="utf-8"))
            self.classes = tuple(values["classes"])
            self.sample_rate = int(values["sample_rate"])  # Hz
            self._model = tf.saved_model.load(str(self.folder))
            self._recognize = self._model.signatures["serve_lengths"]
        except _DAMAGE as error:
            reason = " ".join(str(error).split())[:200]
            raise ArtifactError(
                f"{self.folder}: not a whole exported model ({reason}). Export the run "
                "again with `satn export`."
            ) from error

    @property
    def signatures(self):
        """Name -> function of each signature of the model."""
        return self._model.signatures

    def predict(self, waveforms: Sequence[np.ndarray]) -> list[Prediction]:
        """Emotion of each waveform, float in [-1, 1] at `sample_rate`.

        Raises:
            AudioError: if a waveform is not one-dimensional, float and finite, or
                too long for the memory.
        """
        waveforms = [
            checked_waveform(waveform, f"waveform {number}")
            for number, waveform in enumerate(waveforms)
        ]
        if not waveforms:
            return []
        lengths = np.asarray([len(waveform) for waveform in waveforms], "int32")
        batch = np.zeros((len(waveforms), max(lengths.max(), 1)), "float32")
        for row, waveform in zip(batch, waveforms, strict=True):
            row[: len(waveform)] = waveform
        try:
            answer = self._recognize(
                waveform=tf.constant(batch), lengths=tf.constant(lengths)
            )
        except tf.errors.ResourceExhaustedError as error:
            raise AudioError(
                f"{lengths.max() / self.sample_rate:.0f} s of audio at once need more "
                "memory than there is. Cut it into pieces of a minute."
            ) from error
        return [
            Prediction(
                label.decode(),
                float(score),
                dict(zip(self.classes, map(float, row), strict=True)),
            )
            for label, score, row in zip(
                answer["label"].numpy(),
                answer["score"].numpy(),
                answer["probabilities"].numpy(),
                strict=True,
            )
        ]

    def predict_named(
        self, waveforms: Iterable[tuple[str | os.PathLike, np.ndarray]]
    ) -> Iterator[Prediction]:
        """Emotion of each (path, waveform), in order, as they come.

        Short ones share a batch; a long one, whose attention costs the square of its
        length, gets a batch of its own.

        Raises:
            AudioError: as `predict`.
        """
        for batch in _batches(waveforms):
            predictions = self.predict([waveform for _, waveform in batch])
            for (path, _), prediction in zip(batch, predictions, strict=True):
                yield dataclasses.replace(prediction, path=os.fspath(path))

    def predict_files(self, paths: Iterable[str | os.PathLike]) -> Iterator[Prediction]:
        """Emotion of each file, in order, at any rate and channel count.

        Raises:
            AudioError: for the first file that cannot be read, by its name.
        """
        return self.predict_named(
            (path, read_audio(path, self.sample_rate)) for path in paths
        )

    def attend(self, waveform: np.ndarray) -> dict[str, np.ndarray]:
        """What the signature `attention` says of one waveform, by output name.

        `probabilities` (classes,), `label`, `score`, and `attention` (frames,), the
        share of attention that each frame receives.

        Raises:
            AudioError: as `predict`.
            ArtifactError: if the model has no such signature.
        """
        if "attention" not in self._model.signatures:
            raise ArtifactError(
                f"{self.folder}: no signature `attention`. Export the run again with "
                "`satn export`."
            )
        waveform = np.float32(checked_waveform(waveform, "waveform 0"))
        answer = self._model.signatures["attention"](
            waveform=tf.constant(waveform[np.newaxis]),
            lengths=tf.constant([len(waveform)], tf.int32),
        )
        return {name: tensor.numpy()[0] for name, tensor in answer.items()}


def _batches(waveforms):
    """Lists of (path, waveform), small enough when padded to the longest."""
    batch, longest = [], 0
    for path, waveform in waveforms:
        longest = max(longest, len(waveform))
        too_large = (len(batch) + 1) * longest**2 > MOST_SQUARED_SAMPLES
        if batch and (too_large or len(batch) == MOST_ROWS):
            yield batch
            batch, longest = [], len(waveform)
        batch.append((path, waveform))
    if batch:
        yield batch


def checked_waveform(waveform: np.ndarray, name: str) -> np.ndarray:
    """The waveform, one-dimensional, float and finite.

    Raises:
        AudioError: if it is not, by its `name`.
    """
    waveform = np.asarray(waveform)
    if waveform.ndim != 1 or waveform.dtype.kind != "f":
        raise AudioError(
            f"{name}: must be one-dimensional float in [-1, 1]. Received: "
            f"shape={waveform.shape}, dtype={waveform.dtype}. Average its channels; "
            "divide 16-bit samples by 32768."
        )
    if not np.isfinite(waveform).all():
        raise AudioError(
            f"{name}: every sample must be a finite number. Record or decode it again."
        )
    return waveform


def find_version(folder: pathlib.Path) -> pathlib.Path:
    """Folder of a version: `folder` itself, or its latest version.

    Raises:
        ArtifactError: if neither holds a SavedModel.
    """
    if (folder / "saved_model.pb").exists():
        return folder
    found = versions(folder)
    if not found:
        raise ArtifactError(
            f"{folder}: no exported model here. Export one with "
            "`satn export RUN --name NAME`."
        )
    return folder / str(found[-1])
