"""Prepared features of a recipe, checked for every part before any training."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from satn_keras.config import ExperimentConfig, TrainingConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError
from satn_keras.experiments.features import make_front_end
from satn_keras.experiments.part_store import versions_of
from satn_keras.pipelines import prepared_features
from satn_keras.pipelines.feature_source import FeatureSource
from satn_keras.pipelines.prepared_features import prepared_rows


@contextlib.contextmanager
def recipe_features(
    config: ExperimentConfig,
    training: TrainingConfig,
    train: Manifest,
    *others: Manifest,
) -> Iterator[None]:
    """Stores built inside read the recipe's prepared features, if it names any.

    Args:
        config: the recipe; `data.features` is the folder.
        training: of teacher or student, whose versions are asked of `train` alone.
        train: training part.
        *others: every other part that will be heard.

    Raises:
        AudioError: if a sound file is missing.
        ConfigError: if there are no such features, they are of other settings or
            other audio, an utterance is missing, or the system reads none.
    """
    if config.data.features is None:
        yield
        return
    if config.system.name == "functionals_svm" and training is config.student_training:
        raise ConfigError(
            "data.features: functionals_svm hears the audio itself and reads no "
            "prepared features. Leave the key out."
        )
    with prepared_features(config.data.features):
        front_end = make_front_end(config.features)
        versions = versions_of(training, config.seed, training=True)
        prepared_rows(FeatureSource(train, front_end, **versions))
        for part in others:
            prepared_rows(FeatureSource(part, front_end))
        yield
