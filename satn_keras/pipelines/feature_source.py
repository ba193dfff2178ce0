"""Audio files to unnormalised features, in parallel and in order."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Iterator

import numpy as np
import soundfile
import tensorflow as tf

from satn_keras.corpora import Manifest
from satn_keras.features import DescriptorFrontEnd, FrontEnd, Prosody
from satn_keras.pipelines.audio import choose_backend, decode, read_audio
from satn_keras.pipelines.changes import Change, Speed
from satn_keras.pipelines.opensmile_descriptors import describe
from satn_keras.pipelines.opensmile_library import opensmile_version
from satn_keras.pipelines.read_ahead import read_ahead

Progress = Callable[[int, int], None]  # (rows done, rows in all)


@dataclasses.dataclass(frozen=True)
class FeatureSource:
    """Every utterance in every version, as rows that can be extracted.

    Attributes:
        manifest: the utterances.
        front_end: its `extract` computes the features, or openSMILE where it is a
            `DescriptorFrontEnd`.
        speeds: playback rates; row r is version `versions[r // len(manifest)]`.
        backend: audio decoder.
        changes: what further versions are made by.
    """

    manifest: Manifest
    front_end: FrontEnd | DescriptorFrontEnd
    speeds: tuple[float, ...] = (1.0,)
    backend: str = "auto"
    changes: tuple[Change, ...] = ()

    def __post_init__(self):
        if self._needs_opensmile:
            opensmile_version()  # says what is wrong, which the graph would hide

    def __len__(self) -> int:
        return len(self.manifest) * len(self.versions)

    @property
    def versions(self) -> tuple[Change, ...]:
        """What makes each version: the speeds, then the changes."""
        return *map(Speed, self.speeds), *self.changes

    def apart(self) -> list[FeatureSource]:
        """Sources of the same utterances in one version each, in order."""
        return [
            *(
                dataclasses.replace(self, speeds=(speed,), changes=())
                for speed in self.speeds
            ),
            *(
                dataclasses.replace(self, speeds=(), changes=(change,))
                for change in self.changes
            ),
        ]

    def features(self, row: tf.Tensor) -> tf.Tensor:
        """(frames, bands, channels) of one row, inside a tf.data map."""
        paths = tf.constant([str(utterance.path) for utterance in self.manifest])
        keys = tf.constant(list(self.manifest.keys))
        size = len(self.manifest)
        return self.hear(paths[row % size], keys[row % size], row // size)

    def hear(self, path: tf.Tensor, key: tf.Tensor, version: tf.Tensor) -> tf.Tensor:
        """(frames, bands, channels) of a version of a file, inside a tf.data map.

        Args:
            path: scalar string, of the sound file.
            key: scalar string, of the utterance.
            version: scalar int, place in `versions`.
        """
        waveform = decode(path, self.front_end.sample_rate, backend=self.backend)
        if self.versions != (Speed(1.0),):
            waveform = self._change(waveform, key, version)
        return features_of(waveform, self.front_end)

    def extract(self, progress: Progress | None = None) -> Iterator[np.ndarray]:
        """(frames, bands, channels) of each row, in order."""
        rows = tf.data.Dataset.range(len(self)).map(self.features, tf.data.AUTOTUNE)
        batches = read_ahead(rows, 8).as_numpy_iterator()
        for done in range(1, len(self) + 1):
            try:
                features = next(batches)
            except tf.errors.OpError:
                self._name_the_culprit()
                raise
            if progress:
                progress(done, len(self))
            yield features

    def header_lengths(self) -> np.ndarray:
        """(rows,), frames by the files' headers, without decoding them."""
        seconds = [self._header_seconds(utterance.path) for utterance in self.manifest]
        durations = [version.duration for version in self.versions]
        durations = np.multiply.outer(durations, seconds).ravel()
        samples = np.round(durations * self.front_end.sample_rate).astype(int)
        return self.front_end.frame_count(samples)

    def fingerprint(self) -> str:
        """Hash of the audio files' names, sizes and times, and of the settings."""
        files = [self._file_identity(utterance.path) for utterance in self.manifest]
        settings = self.settings()
        known = [files, settings["features"], self.speeds, settings["backend"]]
        if self._needs_opensmile:
            known.append(settings["opensmile"])
        if self._needs_prosody:
            known.append(settings["prosody_revision"])
        known += [change.identity for change in self.changes]
        if any(change.is_drawn for change in self.changes):
            known.append(list(self.manifest.keys))
        text = json.dumps(known, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def settings(self) -> dict:
        """What decides a row's features besides its audio and version, for JSON."""
        settings = {
            "features": self.front_end.config.extracted,
            "backend": choose_backend(self.backend),  # their resamplers differ
            "opensmile": opensmile_version() if self._needs_opensmile else None,
        }
        if self._needs_prosody:
            settings["prosody_revision"] = Prosody.revision
        return settings

    @property
    def _needs_opensmile(self):
        return isinstance(self.front_end, DescriptorFrontEnd)

    @property
    def _needs_prosody(self):
        streams = self.front_end.config.streams
        return "prosody" in streams and not self._needs_opensmile

    def _change(self, waveform, key, version):
        versions, sample_rate = self.versions, self.front_end.sample_rate

        def change(samples, key, version):
            return versions[version](samples, sample_rate, key.decode())

        changed = tf.numpy_function(change, [waveform, key, version], tf.float32)
        return tf.ensure_shape(changed, (None,))

    def _file_identity(self, path):
        try:
            stat = os.stat(path)
        except OSError:
            read_audio(path)  # says what is wrong
            raise
        return str(path), stat.st_size, stat.st_mtime_ns

    def _header_seconds(self, path):
        try:
            seconds = soundfile.info(str(path)).duration
        except (soundfile.LibsndfileError, TypeError):  # TypeError: name in .raw
            seconds = 0.0
        # An empty file has no place in a batch either: reading says what is wrong.
        rate = self.front_end.sample_rate
        return seconds or len(read_audio(path, rate)) / rate

    def _name_the_culprit(self):
        """The graph hides which file failed, so read them again one by one."""
        for utterance in self.manifest:
            read_audio(utterance.path, self.front_end.sample_rate)


def features_of(
    waveform: tf.Tensor, front_end: FrontEnd | DescriptorFrontEnd
) -> tf.Tensor:
    """(frames, bands, channels), unnormalised, of a waveform (samples,)."""
    if not isinstance(front_end, DescriptorFrontEnd):
        return front_end.extract(waveform[tf.newaxis])[0][0]
    described = tf.numpy_function(
        lambda samples: describe(samples, front_end.config), [waveform], tf.float32
    )
    size = (None, front_end.num_bands, front_end.num_channels)
    return tf.ensure_shape(described, size)
