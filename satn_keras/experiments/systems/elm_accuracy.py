"""How well network and extreme learning machine do together while the one trains."""

from __future__ import annotations

from typing import Protocol

import keras
import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.distribution import of_chief
from satn_keras.evaluation import score
from satn_keras.experiments.systems.elm_stage import ElmStage
from satn_keras.pipelines import FeatureStore


class Part(Protocol):
    """One part of the data as the network hears it."""

    labels: np.ndarray  # (utterances,), int
    store: FeatureStore

    def training(self):
        """Shuffled and augmented batches, for the training loss."""

    def evaluation(self):
        """Batches for the validation loss."""

    def statistics(self, network: keras.Model) -> np.ndarray:
        """(utterances, 4 classes), of the network's outputs, in order."""


class SystemAccuracy(keras.callbacks.Callback):
    """Adds to an epoch's logs `val_ua`, that of network and machine together.

    Args:
        network: in training.
        train: part that the machine is fitted to.
        validation: part that is judged.
        config: the recipe.
        classes: emotions.
    """

    def __init__(
        self,
        network: keras.Model,
        train: Part,
        validation: Part,
        config: ExperimentConfig,
        classes: tuple[str, ...],
    ):
        super().__init__()
        self.network = network
        self.parts = train, validation
        self.config = config
        self.classes = classes

    def on_epoch_end(self, epoch, logs=None):
        logs["val_ua"] = of_chief(self._unweighted_accuracy)

    def _unweighted_accuracy(self):
        train, validation = self.parts
        stage = fit_stage(self.network, train, self.config, len(self.classes))
        scores = stage.machine.scores(validation.statistics(self.network))
        return score(validation.labels, scores, self.classes).ua


def fit_stage(
    network: keras.Model, train: Part, config: ExperimentConfig, num_classes: int
) -> ElmStage:
    """Machine fitted to the training part's statistics under `network`."""
    statistics = train.statistics(network)
    return ElmStage.fit(
        config.system.elm, statistics, train.labels, num_classes, config.seed
    )
