"""Emotions of a shard's sound files, as JSON lines."""

from __future__ import annotations

import dataclasses
import json
import pathlib

import soundfile

from satn_keras.beam.sharded_job import ShardWorker
from satn_keras.errors import AudioError


@dataclasses.dataclass
class PredictionShards(ShardWorker):
    """Makes JSONL shards of predictions with an exported model.

    Attributes:
        model: folder of a version.
        fingerprint: of the model.
    """

    model: str
    fingerprint: str

    def start(self):
        from satn_keras.export import Recognizer

        self._recognizer = Recognizer(self.model)

    def __getstate__(self):
        return {"model": self.model, "fingerprint": self.fingerprint}

    def identity(self) -> list:
        return [self.fingerprint]

    def path_of(self, key, value) -> str:
        return value

    def make(self, items, path: pathlib.Path) -> dict:
        from satn_keras.pipelines.files import whole_file

        items_by_length = sorted(items, key=_seconds)
        try:
            lines, faults = self._lines(items_by_length, self._together)
        except AudioError:  # of a batch: one is too long for the memory
            lines, faults = self._lines(items_by_length, self._singly)
        with whole_file(path) as file:
            for name, _ in items:
                if name in lines:
                    text = json.dumps(lines[name], ensure_ascii=False)
                    file.write(f"{text}\n".encode("utf-8", "surrogateescape"))
        return {"faults": faults, "complete": True, "rows": len(lines)}

    def _lines(self, items, predict):
        """Predictions by name, and the files that have none."""
        faults = []
        lines = {one.path: one.to_dict() for one in predict(items, faults)}
        return lines, faults

    def _together(self, items, faults):
        return self._recognizer.predict_named(
            (name, waveform) for name, _, waveform in self._heard(items, faults)
        )

    def _singly(self, items, faults):
        for name, path, waveform in self._heard(items, faults):
            try:
                yield from self._recognizer.predict_named([(name, waveform)])
            except AudioError as error:
                faults.append((name, path, f"{path}: {error}"))

    def _heard(self, items, faults):
        """(name, path, waveform) of each readable file; others go into `faults`."""
        from satn_keras.pipelines import read_audio

        for name, path in items:
            try:
                yield name, path, read_audio(path, self._recognizer.sample_rate)
            except AudioError as error:
                faults.append((name, path, str(error)))


def _seconds(item):
    """Duration by the header, so that like lengths share a batch."""
    try:
        return soundfile.info(item[1]).duration
    except (soundfile.LibsndfileError, TypeError):  # TypeError: name in .raw
        return 0.0
