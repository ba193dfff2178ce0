"""Stores of a manifest's features, by where the features are kept."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from satn_keras.corpora import Manifest
from satn_keras.features import DescriptorFrontEnd, FrontEnd
from satn_keras.pipelines.changes import Change
from satn_keras.pipelines.feature_pool import pooled
from satn_keras.pipelines.feature_source import FeatureSource, Progress
from satn_keras.pipelines.feature_store import FeatureStore
from satn_keras.pipelines.files import whole_file
from satn_keras.pipelines.prepared_features import prepared_rows
from satn_keras.pipelines.shard_store import ShardStore


def build_store(
    manifest: Manifest,
    front_end: FrontEnd | DescriptorFrontEnd,
    speeds: Sequence[float] = (1.0,),
    cache: str = "memory",
    folder: str | os.PathLike | None = None,
    backend: str = "auto",
    progress: Progress | None = None,
    changes: Sequence[Change] = (),
) -> FeatureStore:
    """Store of the features of every utterance in every version.

    Inside `prepared_features` the rows are read from its shards, whatever `cache`
    says.

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
        changes: what further versions are made by, after the speeds.

    Raises:
        AudioError: for the first file that cannot be read, by its name.
        ConfigError: if prepared features are of other settings or other audio, or
            lack an utterance, or other versions than speeds are asked for.
        ImportError: if openSMILE is needed and not installed.
        ValueError: if `cache` is unknown, or "disk" without a `folder`.
    """
    source = FeatureSource(manifest, front_end, tuple(speeds), backend, tuple(changes))
    prepared = prepared_rows(source)
    if prepared is not None:
        return ShardStore.of(manifest, *prepared)
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
