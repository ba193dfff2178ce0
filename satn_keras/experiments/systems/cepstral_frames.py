"""Normalised cepstra of a manifest's utterances, from stored log-mel energies."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError
from satn_keras.experiments.features import (
    fit_statistics,
    make_front_end,
    statistics_by_speaker,
)
from satn_keras.experiments.part_store import part_store
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.features import cepstra
from satn_keras.features.normalized_frames import NormalizedFrames
from satn_keras.pipelines import Batcher, FeatureStore
from satn_keras.pipelines.read_ahead import read_ahead

CHANNELS = 3  # static, first and second derivative


class CepstralFrames:
    """Cepstra with their derivatives, normalised as the recipe says.

    The log-mel energies of the package's front end are stored as for any other
    system, and read through a cosine transform.

    Args:
        config: the recipe; `config.system.num_coefficients` are kept.
        statistics: of the training part, as `fit` wrote them; None where the recipe
            does not normalise by it.

    Attributes:
        normalizer: normalises batches of cepstra.

    Raises:
        ConfigError: if the recipe's features are not log-mel energies, or have fewer
            bands than coefficients are asked for.
    """

    def __init__(self, config: ExperimentConfig, statistics: list | None = None):
        _check(config)
        self.config = config
        self.normalizer = NormalizedFrames(
            config.features, config.system.num_coefficients, CHANNELS
        )
        if statistics is not None:
            whitening = config.features.normalization == "whitening"
            normalizer = self.normalizer
            put = normalizer.set_whitening if whitening else normalizer.set_statistics
            put(*(np.asarray(each, "float32") for each in statistics))

    def store(
        self, manifest: Manifest, run: RunDirectory, progress=None, training=False
    ) -> FeatureStore:
        """Cepstra before normalisation; in augmented versions too in training."""
        config = self.config
        store = part_store(
            manifest,
            make_front_end(config.features),
            config.student_training,
            config.seed,
            run,
            progress,
            training,
        )
        count = self.normalizer.num_bands
        return store.mapped(lambda features: cepstra(features, count))

    def fit(self, store: FeatureStore, run: RunDirectory) -> None:
        """Statistics of the training part, set here and written to the run."""
        run.write_json("statistics.json", fit_statistics(self.normalizer, store))

    def batcher(self, store: FeatureStore, targets) -> Batcher:
        """Batches of normalised cepstra; see `Batcher` for the targets."""
        speakers = statistics_by_speaker(store, self.normalizer)
        return Batcher(store, self.normalizer, targets, speakers)

    def sequences(self, store: FeatureStore) -> list[np.ndarray]:
        """(frames, 3 * coefficients), float32, normalised, of each row of the store."""
        by_speaker = statistics_by_speaker(store, self.normalizer)
        speakers = store.voice_ids

        def normalized(row):
            own = None
            if by_speaker is not None:
                speaker = tf.gather(tf.constant(speakers), row)
                own = tf.gather(tf.constant(by_speaker), speaker)[tf.newaxis]
            features = store.fetch(row)[tf.newaxis]
            return self.normalizer.normalize(features, statistics=own)[0]

        rows = tf.data.Dataset.range(len(store)).map(normalized, tf.data.AUTOTUNE)
        frames = read_ahead(rows, 8).as_numpy_iterator()
        return [features.reshape(len(features), -1) for features in frames]


def _check(config):
    features, system = config.features, config.system
    if features.streams != ("log_mel",) or features.descriptors != "none":
        raise ConfigError(
            f"system {system.name}: cepstra are made of log-mel energies alone. Set "
            "`features.streams` to [log_mel] and `features.descriptors` to none."
        )
    if features.normalization == "voices":
        raise ConfigError(
            f"system {system.name}: voices are told apart by the static values of a "
            "network's features. Set `features.normalization` to another."
        )
    if features.mel_scale != "log":
        raise ConfigError(
            f"system {system.name}: cepstra are made of logarithms. Set "
            "`features.mel_scale` to log."
        )
    if system.num_coefficients > features.num_mels:
        raise ConfigError(
            f"system {system.name}: `num_coefficients` must be at most "
            f"`features.num_mels`, {features.num_mels}. Received: "
            f"{system.num_coefficients}."
        )
