"""Unnormalised features of many utterances, computed once and read at random."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from satn_keras.corpora import Manifest
from satn_keras.features import (
    DescriptorFrontEnd,
    FeatureStatistics,
    FrontEnd,
    whitening_matrix,
)
from satn_keras.pipelines.feature_pool import pooled
from satn_keras.pipelines.feature_source import FeatureSource, Progress
from satn_keras.pipelines.files import whole_file


@dataclasses.dataclass(frozen=True)
class FeatureStore:
    """Features of every utterance of a manifest at every speed.

    Row r holds utterance `r % len(manifest)` at speed `r // len(manifest)`.

    Attributes:
        manifest: the utterances.
        lengths: (rows,), frames of each row; by the files' headers, which can be a
            frame off after resampling, where nothing is cached.
        fetch: from a row's number to (frames, bands, channels), float32, inside
            tf.data.
    """

    manifest: Manifest
    lengths: np.ndarray
    fetch: Callable[[tf.Tensor], tf.Tensor]

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def repeats(self) -> int:
        """Speeds at which each utterance is there."""
        return len(self.lengths) // len(self.manifest)

    @property
    def speaker_ids(self) -> np.ndarray:
        """(rows,), a number for each speaker; one name in two corpora is two people."""
        names = [(one.dataset, one.speaker) for one in self.manifest]
        order = {name: index for index, name in enumerate(sorted(set(names)))}
        ids = [order[name] for name in names]
        return np.tile(np.asarray(ids, "int32"), self.repeats)

    def statistics(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and deviation, each (bands, channels), over all frames of all rows."""
        statistics = FeatureStatistics()
        for frames in self._each():
            statistics.add(frames)
        return statistics.mean, statistics.deviation

    def whitening_statistics(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean, (bands, channels), and whitening matrix over all frames of all rows."""
        statistics = FeatureStatistics(covariance=True)
        for frames in self._each():
            statistics.add(frames)
        return statistics.mean, whitening_matrix(statistics.covariance)

    def speaker_statistics(self) -> np.ndarray:
        """(speakers, 2, bands, channels): each speaker's own mean and deviation.

        They need the speaker's audio alone, no label: what an application knows of
        a speaker it has heard before.
        """
        speakers = self.speaker_ids
        by_speaker = [FeatureStatistics() for _ in range(speakers.max() + 1)]
        for speaker, frames in zip(speakers, self._each(), strict=True):
            by_speaker[speaker].add(frames)
        return np.stack([(each.mean, each.deviation) for each in by_speaker])

    def _each(self):
        rows = tf.data.Dataset.range(len(self))
        return rows.map(self.fetch, tf.data.AUTOTUNE).prefetch(8).as_numpy_iterator()


def build_store(
    manifest: Manifest,
    front_end: FrontEnd | DescriptorFrontEnd,
    speeds: Sequence[float] = (1.0,),
    cache: str = "memory",
    folder: str | os.PathLike | None = None,
    backend: str = "auto",
    progress: Progress | None = None,
) -> FeatureStore:
    """Store of the features of every utterance at every speed.

    Args:
        manifest: the utterances.
        front_end: computes the features; its normalisation is left out.
        speeds: playback rates, for example (1.0, 0.9, 1.1).
        cache: "memory" keeps all frames there, those of the pool inside
            `shared_features`; "disk" writes them once below
            `folder`, where a later run over the same audio with the same settings
            finds them, and reads through a memory map; "none" computes them anew at
            each read.
        folder: of the disk cache.
        backend: audio decoder, as for `decode`.
        progress: called with (rows done, rows in all).

    Raises:
        AudioError: for the first file that cannot be read, by its name.
        ImportError: if openSMILE is needed and not installed.
        ValueError: if `cache` is unknown, or "disk" without a `folder`.
    """
    source = FeatureSource(manifest, front_end, tuple(speeds), backend)
    if cache == "none":
        return FeatureStore(manifest, source.header_lengths(), source.features)
    if cache == "memory":
        shared = pooled(source, lambda whole: _in_memory(whole, progress))
        if shared is not None:
            return FeatureStore(manifest, *shared)
        return _in_memory(source, progress)
    if cache != "disk" or folder is None:
        raise ValueError(
            "`cache` must be 'memory', 'none', or 'disk' with a `folder`. "
            f"Received: cache={cache!r}, folder={folder!r}."
        )
    frames, lengths = _extract_once(source, pathlib.Path(folder), progress)
    return FeatureStore(manifest, lengths, _fetch_from_map(frames, lengths))


def _in_memory(source, progress):
    frames, lengths = _extract(source, progress)
    fetch = _fetch_from_memory(frames, lengths)
    return FeatureStore(source.manifest, lengths, fetch)


def _extract(source, progress):
    """Frames of all rows one after another, and lengths, in memory."""
    parts = list(source.extract(progress))
    return np.concatenate(parts), np.asarray([len(part) for part in parts])


def _extract_once(source, folder, progress):
    """Memory map of the frames, and lengths, from disk when they are there."""
    path = folder / f"features-{source.fingerprint()}.f32"
    lengths_path = path.with_suffix(".lengths.npy")
    if not (path.exists() and lengths_path.exists()):
        lengths = []
        with whole_file(path) as file:
            for part in source.extract(progress):
                part.tofile(file)
                lengths.append(len(part))
        with whole_file(lengths_path) as file:
            np.save(file, np.asarray(lengths))
    frames = np.memmap(path, "float32", mode="r")
    size = source.front_end.num_bands, source.front_end.num_channels
    return frames.reshape(-1, *size), np.load(lengths_path)


def _fetch_from_memory(frames, lengths):
    with tf.device("CPU:0"):  # an accelerator's memory is for the models
        frames = tf.constant(frames)
        ends = tf.constant(np.cumsum(lengths))
        lengths = tf.constant(lengths)

    def fetch(row):
        return frames[ends[row] - lengths[row] : ends[row]]

    return fetch


def _fetch_from_map(frames, lengths):
    ends = np.cumsum(lengths)

    def read(row):
        return np.array(frames[ends[row] - lengths[row] : ends[row]])

    def fetch(row):
        features = tf.numpy_function(read, [row], tf.float32)
        return tf.ensure_shape(features, (None, *frames.shape[1:]))

    return fetch
