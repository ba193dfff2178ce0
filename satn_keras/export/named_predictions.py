"""Predictions of named waveforms and files, by whatever predicts a batch."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Iterator

import numpy as np

from satn_keras.export.prediction import Prediction
from satn_keras.export.waveforms import batches
from satn_keras.sound_file import read_audio


class NamedPredictions:
    """Mixin for a recogniser that has `predict` and `sample_rate`."""

    def predict_named(
        self, waveforms: Iterable[tuple[str | os.PathLike, np.ndarray]], **enrolled
    ) -> Iterator[Prediction]:
        """Emotion of each (path, waveform), in order, as they come.

        Short ones share a batch; a long one, whose attention costs the square of its
        length, gets a batch of its own.

        Args:
            waveforms: the paths and waveforms.
            **enrolled: what `predict` takes of their speaker, such as `statistics`.

        Raises:
            AudioError: as `predict`.
        """
        for batch in batches(waveforms):
            predictions = self.predict([waveform for _, waveform in batch], **enrolled)
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
