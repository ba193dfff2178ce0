"""Training of the state network, its epoch chosen by the validation part's emotions."""

from __future__ import annotations

import keras
import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.distribution import (
    ReplicaModel,
    current_strategy,
    of_chief,
    serve_by_xla,
)
from satn_keras.evaluation.scores import score
from satn_keras.experiments.fitting import make_optimizer
from satn_keras.experiments.kept_epoch import kept_epoch
from satn_keras.experiments.replica_fitting import fit_replicas
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems.state_scorer import StateScorer
from satn_keras.pipelines import Batcher


def train_network(
    scorer: StateScorer,
    training: Batcher,
    validation: Batcher,
    labels: np.ndarray,
    config: ExperimentConfig,
    run: RunDirectory,
) -> dict:
    """Record of the best epoch, whose weights the scorer's network then has.

    Args:
        scorer: its network is trained.
        training: whole utterances with the state of each frame.
        validation: utterances of other speakers, likewise.
        labels: (utterances,), emotions of the validation part.
        config: the recipe; `student_training` has the settings.
        run: receives history and checkpoints.
    """
    # A crop would no longer be aligned with its states.
    settings = config.student_training.model_copy(update={"segment_frames": None})
    with current_strategy().scope():
        learner = _learner(scorer.network, settings)
    return fit_replicas(
        learner,
        training.training(settings, config.seed),
        validation.evaluation(settings.batch_size, settings.jit)[0],
        settings,
        run.path,
        kept_epoch(scorer.network, settings, run),
        callbacks=[_EmotionAccuracy(scorer, validation, labels)],
    )


def _learner(network, settings):
    learner = ReplicaModel.of(network)
    learner.compile(
        make_optimizer(settings),
        loss=keras.losses.SparseCategoricalCrossentropy(
            reduction="mean_with_sample_weight"  # padded frames count for nothing
        ),
        weighted_metrics=["accuracy"],
        jit_compile=settings.jit and serve_by_xla([network]),
    )
    return learner


class _EmotionAccuracy(keras.callbacks.Callback):
    """Adds to each epoch's logs what the emotions of a part are recognised by."""

    def __init__(self, scorer, batcher, labels):
        super().__init__()
        self.scorer = scorer
        self.batcher = batcher
        self.labels = labels

    def on_epoch_end(self, epoch, logs=None):
        logs["val_ua"] = of_chief(self._unweighted_accuracy)

    def _unweighted_accuracy(self):
        likelihoods, _ = self.scorer.log_likelihoods(self.batcher)
        names = [str(number) for number in range(likelihoods.shape[1])]
        return score(self.labels, likelihoods, names).ua
