"""Audio files to unnormalised features, in parallel and in order."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable

import numpy as np
import soundfile
import soxr
import tensorflow as tf

from satn_keras.corpora import Manifest
from satn_keras.features import FrontEnd, frame_count
from satn_keras.pipelines.audio import decode, read_audio

Progress = Callable[[int, int], None]  # (rows done, rows in all)


@dataclasses.dataclass(frozen=True)
class FeatureSource:
    """Every utterance at every speed, as rows that can be extracted.

    Attributes:
        manifest: the utterances.
        front_end: its `extract` computes the features.
        speeds: playback rates; row r plays at `speeds[r // len(manifest)]`.
        backend: audio decoder.
    """

    manifest: Manifest
    front_end: FrontEnd
    speeds: tuple[float, ...] = (1.0,)
    backend: str = "auto"

    def __len__(self) -> int:
        return len(self.manifest) * len(self.speeds)

    def features(self, row: tf.Tensor) -> tf.Tensor:
        """(frames, bands, 3) of one row, inside a tf.data map."""
        paths = tf.constant([str(utterance.path) for utterance in self.manifest])
        size = len(self.manifest)
        waveform = decode(
            paths[row % size], self.front_end.sample_rate, backend=self.backend
        )
        if self.speeds != (1.0,):
            waveform = _change_speed(waveform, tf.constant(self.speeds)[row // size])
        features, _ = self.front_end.extract(waveform[tf.newaxis])
        return features[0]

    def extract(self, progress: Progress | None = None):
        """All rows: frames (total, bands, 3) and lengths (rows,)."""
        rows = tf.data.Dataset.range(len(self)).map(self.features, tf.data.AUTOTUNE)
        parts = []
        try:
            for features in rows.prefetch(8).as_numpy_iterator():
                parts.append(features)
                if progress:
                    progress(len(parts), len(self))
        except tf.errors.OpError:
            self._name_the_culprit()
            raise
        lengths = np.asarray([len(part) for part in parts], "int64")
        return np.concatenate(parts), lengths

    def header_lengths(self) -> np.ndarray:
        """(rows,), frames by the files' headers, without decoding them."""
        return np.asarray(
            [
                self._header_length(utterance.path, speed)
                for speed in self.speeds
                for utterance in self.manifest
            ]
        )

    def fingerprint(self) -> str:
        """Hash of the audio files' names, sizes and times, and of the settings."""
        files = [
            (str(utterance.path), stat.st_size, stat.st_mtime_ns)
            for utterance in self.manifest
            for stat in [os.stat(utterance.path)]
        ]
        settings = self.front_end.get_config()["config"]
        text = json.dumps([files, settings, self.speeds], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _header_length(self, path, speed):
        try:
            seconds = soundfile.info(str(path)).duration / speed
        except (soundfile.LibsndfileError, OSError):
            seconds = len(read_audio(path)) / self.front_end.sample_rate  # says why
        config = self.front_end.config
        samples = round(seconds * config.sample_rate)
        return int(frame_count(samples, config.window_length, config.hop_length))

    def _name_the_culprit(self):
        """The graph hides which file failed, so read them again one by one."""
        for utterance in self.manifest:
            read_audio(utterance.path, self.front_end.sample_rate)


def _change_speed(waveform, speed):
    """Waveform played `speed` times as fast, pitch and all (Ko et al. 2015)."""

    def resample(samples, rate):
        if rate == 1.0:
            return samples
        return soxr.resample(samples, float(rate), 1.0).astype("float32")

    changed = tf.numpy_function(resample, [waveform, speed], tf.float32)
    return tf.ensure_shape(changed, (None,))
