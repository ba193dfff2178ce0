"""Manifests of made sounds, and stores of made features without sounds."""

import numpy as np
import soundfile
import tensorflow as tf

from satn_keras.config import FeatureConfig
from satn_keras.corpora import Manifest, Utterance
from satn_keras.features import FrontEnd
from satn_keras.pipelines import FeatureStore

BANDS = 5
SPEAKERS = ("anna", "bert", "cleo")


def front_end(normalization="none", **changes):
    options = {"num_mels": BANDS, "normalization": normalization, **changes}
    return FrontEnd(FeatureConfig(**options))


def manifest_of(paths):
    """One utterance a path; the speakers take turns."""
    return Manifest(
        Utterance(f"u{row}", str(path), speaker=SPEAKERS[row % len(SPEAKERS)])
        for row, path in enumerate(paths)
    )


def write_noise(path, seconds, seed=0, sample_rate=16000):
    samples = np.random.default_rng(seed).standard_normal(round(seconds * sample_rate))
    soundfile.write(path, 0.1 * samples, sample_rate, subtype="PCM_16")
    return path


def noise_manifest(folder, seconds=(0.2, 0.11, 0.3, 0.17)):
    return manifest_of(
        write_noise(folder / f"{row}.wav", each, seed=row)
        for row, each in enumerate(seconds)
    )


def rows_of(store):
    """Features of every row, as the pipeline reads them."""
    dataset = tf.data.Dataset.range(len(store)).map(store.fetch)
    return list(dataset.as_numpy_iterator())


def numbered_store(lengths, utterances=None):
    """Row r's features: r + 1 in channel 0, the frame's number + 1 in channel 1.

    Neither is ever 0, so that padding and masks can be told from features.
    """
    lengths = np.asarray(lengths)
    number = len(lengths) if utterances is None else utterances
    sizes = tf.constant(lengths)

    def fetch(row):
        frames = tf.cast(tf.range(sizes[row]), tf.float32) + 1
        numbers = tf.fill(tf.shape(frames), tf.cast(row, tf.float32) + 1)
        features = tf.stack([numbers, frames, frames], axis=-1)  # (frames, 3)
        return tf.repeat(features[:, tf.newaxis], BANDS, axis=1)

    manifest = manifest_of(f"{row}.wav" for row in range(number))
    return FeatureStore(manifest, lengths, fetch)
