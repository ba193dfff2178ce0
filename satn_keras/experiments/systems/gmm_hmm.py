"""HMM baseline: one left-to-right model of Gaussian mixtures for each emotion."""

from __future__ import annotations

import dataclasses

import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, class_indices
from satn_keras.errors import ConfigError
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems.cepstral_frames import CepstralFrames
from satn_keras.experiments.systems.likelihood_posteriors import (
    choose_sharpness,
    posteriors_of,
)
from satn_keras.experiments.systems.stored_arrays import read_arrays, write_arrays
from satn_keras.experiments.systems.system import System
from satn_keras.models.baselines.gmm_hmm import GmmHmmClassifier
from satn_keras.models.baselines.mixture_hmm import MixtureHmm
from satn_keras.pipelines import FeatureStore


@dataclasses.dataclass(frozen=True)
class GmmHmmSystem(System):
    """HMM baseline, after no single publication.

    Five emitting states, eight components, 13 cepstra (the energy's among them) with
    first and second derivative, and no prior that prefers an emotion are choices of
    this package, as those of emotional HMMs in the literature differ widely. The
    recipe's `features.normalization` normalises the cepstra; the shipped recipe's
    "utterance" removes the channel and the loudness of each recording.

    The decision is that of maximum likelihood. The validation part chooses the
    sharpness of the posterior alone.

    Attributes:
        classifier: the trained models.
        sharpness: of the posterior, see `posteriors_of`.
        frames: makes the cepstra.
        classes: emotions in the order of the posterior.
        config: the recipe it was trained by.
    """

    classifier: GmmHmmClassifier
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
    ) -> GmmHmmSystem:
        """System as `System.train` describes it; it has no use for a teacher."""
        _check_no_masks(config)
        frames = CepstralFrames(config)
        store = frames.store(train, run, progress, training=True)
        frames.fit(store, run)
        labels = class_indices(train, classes)
        classifier = train_gmm_hmm(config, frames, store, labels, classes)
        held_out = frames.sequences(frames.store(validation, run, progress))
        sharpness = choose_sharpness(
            classifier.log_likelihoods(held_out),
            [len(sequence) for sequence in held_out],
            class_indices(validation, classes),
        )
        write_arrays(run, "gmm_hmm.npz", classifier.arrays())
        run.write_json("labels.json", list(classes))
        run.write_json("selected.json", {"epoch": None, "sharpness": sharpness})
        return cls(classifier, sharpness, frames, tuple(classes), config)

    @classmethod
    def load(cls, run: RunDirectory) -> GmmHmmSystem:
        """System of a finished run.

        Raises:
            ArtifactError: if the run holds none, or it is damaged.
        """
        arrays = read_arrays(run, "gmm_hmm.npz", MixtureHmm._fields)
        config = run.config
        return cls(
            GmmHmmClassifier.from_arrays(arrays),
            run.read_json("selected.json")["sharpness"],
            CepstralFrames(config, run.read_json("statistics.json")),
            tuple(run.read_json("labels.json")),
            config,
        )

    def posteriors(self, manifest: Manifest, run: RunDirectory) -> np.ndarray:
        sequences = self.frames.sequences(self.frames.store(manifest, run))
        return posteriors_of(
            self.classifier.log_likelihoods(sequences),
            [len(sequence) for sequence in sequences],
            self.sharpness,
        )

    @property
    def num_parameters(self) -> int:
        return self.classifier.num_parameters


def train_gmm_hmm(
    config: ExperimentConfig,
    frames: CepstralFrames,
    store: FeatureStore,
    labels: np.ndarray,
    classes: tuple[str, ...],
) -> GmmHmmClassifier:
    """Classifier trained on every row of the training part's store.

    Args:
        config: the recipe; `config.system` is a `GmmHmm` or a `DnnHmm`.
        frames: makes the cepstra.
        store: of the training part.
        labels: (utterances,), class of each.
        classes: their names.

    Raises:
        ConfigError: if a class has no utterance.
    """
    system = config.system
    sequences = frames.sequences(store)
    by_class = [[] for _ in classes]
    for sequence, label in zip(sequences, np.tile(labels, store.repeats), strict=True):
        by_class[label].append(sequence)
    for name, own in zip(classes, by_class, strict=True):
        if not own:
            raise ConfigError(
                f"system {system.name}: class {name!r} has no training utterance, so "
                "it can have no model. Leave it out of `data.classes`, or change the "
                "split."
            )
    classifier = GmmHmmClassifier(
        system.num_states, system.num_mixtures, system.iterations, config.seed
    )
    return classifier.fit(by_class)


def _check_no_masks(config):
    augmentation = config.student_training.augmentation
    for key in ("time_masks", "frequency_masks"):
        if getattr(augmentation, key):
            raise ConfigError(
                f"key 'student_training.augmentation.{key}': the system gmm_hmm has no "
                "use for masked frames, which its densities would learn. Set it to 0."
            )
