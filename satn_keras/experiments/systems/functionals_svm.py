"""Functionals of openSMILE and a support vector machine, as a system."""

from __future__ import annotations

import dataclasses

import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, class_indices
from satn_keras.errors import ConfigError
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems.stored_arrays import read_arrays, write_arrays
from satn_keras.experiments.systems.system import System
from satn_keras.models.baselines.functionals_svm import FunctionalsSVM
from satn_keras.pipelines.functionals import functionals

FILE = "functionals_svm.npz"
ARRAYS = ("values", "labels", "speakers")
UNUSED = "Nothing is chosen: the validation part is not used."
USED = "Nothing is chosen: the machine is trained on training and validation part."


@dataclasses.dataclass(frozen=True)
class FunctionalsSvmSystem(System):
    """Functionals of an utterance, standardised, and a support vector machine.

    The baseline of the field's challenges since Schuller, Steidl and Batliner 2009,
    there with other sets and a linear kernel; sets of functionals are eGeMAPS v02
    (Eyben et al. 2016) and ComParE 2016 (Schuller et al. 2016). Kernel, C = 1 and
    class weights are choices of this package.

    A run holds the training functionals and no fitted machine: `load` fits it again,
    to the same decisions.

    Attributes:
        machine: the fitted machine.
        classes: emotions in the order of the posterior.
        config: the recipe it was trained by.
    """

    machine: FunctionalsSVM
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
    ) -> FunctionalsSvmSystem:
        """System as `System.train` describes it; it has no use for a teacher."""
        joined = config.system.train_on_validation
        heard = train + validation if joined else train
        arrays = {
            "values": _functionals(config, heard, progress),
            "labels": class_indices(heard, classes),
            "speakers": _speakers(heard),
        }
        machine = _fit(config, arrays, classes)
        write_arrays(run, FILE, arrays)
        run.write_json("labels.json", list(classes))
        note = USED if joined else UNUSED
        run.write_json("selected.json", {"epoch": None, "note": note})
        return cls(machine, tuple(classes), config)

    @classmethod
    def load(cls, run: RunDirectory) -> FunctionalsSvmSystem:
        """System of a finished run.

        Raises:
            ArtifactError: if the run holds none, or it is damaged.
        """
        arrays = read_arrays(run, FILE, ARRAYS)
        classes = tuple(run.read_json("labels.json"))
        config = run.config
        return cls(_fit(config, arrays, classes), classes, config)

    def posteriors(
        self, manifest: Manifest, run: RunDirectory, enrolled: Manifest | None = None
    ) -> np.ndarray:
        values = _functionals(self.config, manifest)
        known = None
        if enrolled is not None:
            known = _functionals(self.config, enrolled), _speakers(enrolled)
        return self.machine.posteriors(values, _speakers(manifest), known)

    @property
    def trained_on_validation(self) -> bool:
        return self.config.system.train_on_validation

    @property
    def num_parameters(self) -> int:
        return self.machine.num_parameters


def _functionals(config, manifest, progress=None):
    return functionals(
        manifest, config.system.functionals, progress, config.features.sample_rate
    )


def _speakers(manifest):
    """Names; equal ones of two corpora are two people."""
    return np.array([f"{one.dataset}/{one.speaker}" for one in manifest], dtype="U")


def _fit(config, arrays, classes):
    system = config.system
    machine = FunctionalsSVM(
        system.normalization, system.kernel, system.c, system.class_weights
    )
    try:
        return machine.fit(**arrays, num_classes=len(classes))
    except ValueError as error:
        raise ConfigError(
            f"system {system.name}: {error} Add emotions to the training part, or "
            "change the split."
        ) from error
