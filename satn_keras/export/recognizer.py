"""Exported model as a Python object that takes files or waveforms."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from satn_keras.errors import ArtifactError, AudioError, ConfigError
from satn_keras.export.named_predictions import NamedPredictions
from satn_keras.export.prediction import Prediction
from satn_keras.export.versions import CARD, EXTRA, find_version
from satn_keras.export.waveforms import checked_waveform, padded

# What TensorFlow raises for files that are missing, cut short or not its own.
_DAMAGE = (
    *(OSError, ValueError, LookupError, TypeError, RuntimeError),
    tf.errors.OpError,
)


class Recognizer(NamedPredictions):
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
        card = self.folder / EXTRA / CARD
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

    def enrol(self, waveforms: Sequence[np.ndarray]) -> np.ndarray:
        """Statistics of all these waveforms as one speaker's, for `predict`.

        Returns:
            (1, 2, bands, channels), float32: mean and deviation.

        Raises:
            AudioError: as `predict`, or if there is no waveform, or silence alone.
            ConfigError: if the model does not normalise by speaker.
        """
        enrol = self._by_speaker("enrol")
        if not len(waveforms):
            raise AudioError("An enrolment needs at least one waveform. Add some.")
        batch, lengths = padded(waveforms)
        answer = enrol(waveform=tf.constant(batch), lengths=tf.constant(lengths))
        statistics = answer["statistics"].numpy()
        # A prior has deviations of its own, whatever is heard.
        rows = zip(batch, lengths, strict=True)
        changes = any(np.ptp(row[:length]) for row, length in rows if length)
        if not (changes and statistics[:, 1].any()):
            raise AudioError(
                "An enrolment needs sound that changes: this is silence, or too short "
                "to say anything. Take some seconds of speech."
            )
        return statistics

    def predict(
        self, waveforms: Sequence[np.ndarray], statistics: np.ndarray | None = None
    ) -> list[Prediction]:
        """Emotion of each waveform, float in [-1, 1] at `sample_rate`.

        Args:
            waveforms: the waveforms.
            statistics: their speaker's, from `enrol`; without them each utterance
                stands for its speaker, after the recipe's prior, where the model
                normalises by speaker.

        Raises:
            AudioError: if a waveform is not one-dimensional, float and finite, or
                too long for the memory.
            ConfigError: if there are statistics and the model takes none.
        """
        if not len(waveforms):
            return []
        batch, lengths = padded(waveforms)
        inputs = {"waveform": tf.constant(batch), "lengths": tf.constant(lengths)}
        try:
            if statistics is None:
                answer = self._recognize(**inputs)
            else:
                enrolled = self._by_speaker("serve_enrolled")
                answer = enrolled(**inputs, statistics=tf.constant(statistics))
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

    def attend(self, waveform: np.ndarray) -> dict[str, np.ndarray]:
        """What the signature `attention` says of one waveform, by output name.

        `probabilities` (classes,), `label`, `score`, and `attention` (frames,), the
        share of attention that each frame receives; of students also `map` (frames,
        frames), `posterior_over_time` (frames, classes) and `frame_times` (frames,), s.

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
        # Times are those of every row.
        return {
            name: tensor.numpy() if name == "frame_times" else tensor.numpy()[0]
            for name, tensor in answer.items()
        }

    def _by_speaker(self, name):
        """Function of a signature that models which normalise by speaker have."""
        if name not in self._model.signatures:
            raise ConfigError(
                f"{self.folder}: this model does not normalise by speaker, so that "
                "nobody can be enrolled. Leave the enrolment out."
            )
        return self._model.signatures[name]
