"""HMM baseline whose states a deep network tells apart."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, class_indices
from satn_keras.distribution import current_strategy
from satn_keras.experiments.emotion_batches import balanced_weights
from satn_keras.experiments.precision import policy_scope
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.saving import save_model
from satn_keras.experiments.systems.cepstral_frames import CHANNELS, CepstralFrames
from satn_keras.experiments.systems.gmm_hmm import train_gmm_hmm
from satn_keras.experiments.systems.likelihood_posteriors import (
    choose_sharpness,
    posteriors_of,
)
from satn_keras.experiments.systems.state_scorer import ARRAYS, StateScorer
from satn_keras.experiments.systems.state_targets import StateTargets
from satn_keras.experiments.systems.state_training import train_network
from satn_keras.experiments.systems.stored_arrays import read_arrays, write_arrays
from satn_keras.experiments.systems.system import System
from satn_keras.models.baselines.dnn_hmm import build_state_network, state_priors
from satn_keras.models.baselines.gmm_hmm import GmmHmmClassifier
from satn_keras.pipelines import FeatureStore


@dataclasses.dataclass(frozen=True)
class DnnHmmSystem(System):
    """HMM baseline after no single publication: a hybrid of network and HMM.

    1. A GMM-HMM is trained on the training part (see `GmmHmmSystem`), and gives the
       state of every frame: the best path through the model of its true emotion.
    2. A network learns these states, 30 for six emotions, from 11 stacked frames.
    3. The class whose model makes the utterance most likely wins; a state's density
       is the network's posterior divided by the state's share of the training part.
       Every emotion is as likely as the others beforehand.

    The validation part chooses the epoch, by the recipe's `selection`, and then the
    sharpness of the posterior. Training reads whole utterances, as a crop has no
    alignment: `segment_frames` has no effect. Transitions are the GMM-HMM's.

    Attributes:
        scorer: the trained network and the chain of its states.
        sharpness: of the posterior, see `posteriors_of`.
        frames: makes the cepstra.
        classes: emotions in the order of the posterior.
        config: the recipe it was trained by.
    """

    scorer: StateScorer
    sharpness: float
    frames: CepstralFrames
    classes: tuple[str, ...]
    config: ExperimentConfig

    @classmethod
    def train(
        cls,
        config: ExperimentConfig,
        train: Manifest,
        validation: Manifest,
        classes: tuple[str, ...],
        run: RunDirectory,
        teacher=None,
        progress=None,
    ) -> DnnHmmSystem:
        """System as `System.train` describes it; it has no use for a teacher."""
        keras.utils.set_random_seed(config.seed)
        frames = CepstralFrames(config)
        heard = frames.store(train, run, progress, training=True)
        held_out = frames.store(validation, run, progress)
        frames.fit(heard, run)
        labels, truth = (class_indices(part, classes) for part in (train, validation))
        weights = _class_weights(config, labels, len(classes))

        aligner = train_gmm_hmm(config, frames, heard, labels, classes)
        targets = _align(aligner, frames, heard, labels, weights)
        batches = frames.batcher(heard, targets.for_batches())
        held_out_targets = _align(aligner, frames, held_out, truth, weights)
        held_out_batches = frames.batcher(held_out, held_out_targets.for_batches())

        scorer = _untrained_scorer(config, frames, targets, aligner)
        record = train_network(scorer, batches, held_out_batches, truth, config, run)
        sharpness = choose_sharpness(*scorer.log_likelihoods(held_out_batches), truth)
        save_model(scorer.network, run.path / "state_network.keras")
        write_arrays(run, "dnn_hmm.npz", scorer.arrays())
        run.write_json("labels.json", list(classes))
        run.write_json("selected.json", {**record, "sharpness": sharpness})
        return cls(scorer, sharpness, frames, tuple(classes), config)

    @classmethod
    def load(cls, run: RunDirectory) -> DnnHmmSystem:
        """System of a finished run.

        Raises:
            ArtifactError: if the run holds none, or it is damaged.
        """
        config = run.config
        arrays = read_arrays(run, "dnn_hmm.npz", ARRAYS)
        return cls(
            StateScorer(run.read_model("state_network.keras"), **arrays),
            run.read_json("selected.json")["sharpness"],
            CepstralFrames(config, run.read_json("statistics.json")),
            tuple(run.read_json("labels.json")),
            config,
        )

    def posteriors(self, manifest: Manifest, run: RunDirectory) -> np.ndarray:
        store = self.frames.store(manifest, run)
        batcher = self.frames.batcher(store, _no_targets)
        return posteriors_of(*self.scorer.log_likelihoods(batcher), self.sharpness)

    @property
    def num_parameters(self) -> int:
        """Of network, priors and transitions; the GMM-HMM stays behind."""
        return self.scorer.num_parameters


def _class_weights(config, labels, num_classes):
    if config.student_training.class_weights == "none":
        return None
    return balanced_weights(labels, num_classes)


def _align(
    aligner: GmmHmmClassifier,
    frames: CepstralFrames,
    store: FeatureStore,
    labels: np.ndarray,
    class_weights: np.ndarray | None,
) -> StateTargets:
    """Targets of each row of a store by the models of the true classes."""
    labels = np.tile(labels, store.repeats)
    paths = aligner.align(frames.sequences(store), labels)
    return StateTargets.of_classes(paths, labels, aligner.num_states, class_weights)


def _untrained_scorer(config, frames, targets, aligner):
    transitions = aligner.models.transitions  # (classes, states, states)
    total = transitions.shape[0] * transitions.shape[1]
    with current_strategy().scope(), policy_scope(config.student_training):
        network = build_state_network(
            total, config.system, frames.normalizer.num_bands, CHANNELS, config.seed
        )
    return StateScorer(network, state_priors(targets.counts(total)), transitions)


def _no_targets(rows, lengths, padded):
    del rows, lengths, padded
    return ({},)
