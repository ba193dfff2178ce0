"""Recipes of the two HMM systems in small sizes, and the small corpus's parts."""

import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems import system_class

CLASSES = ("angry", "happy", "sad")
SIZES = {"num_states": 2, "num_mixtures": 2, "num_coefficients": 7, "iterations": 3}


def recipe(small_config, system, features=None, **training):
    """The small recipe with another system and other training settings."""
    values = small_config.model_dump()
    values["system"] = {**SIZES, **system}
    values["features"] |= {"normalization": "utterance", **(features or {})}
    values["student_training"] |= training
    values["transfer"] |= {"weight": 0.0}
    return ExperimentConfig.model_validate(values)


def parts(path):
    """Training, validation and test part of the small corpus."""
    manifest = Manifest.read(path)
    heard = manifest.without(speaker=("dirk", "eva"))
    return heard, manifest.where(speaker="dirk"), manifest.where(speaker="eva")


def train(config, manifest, path):
    """System and its run."""
    run = RunDirectory.create(path, config)
    heard, validation, _ = parts(manifest)
    system = system_class(config).train(config, heard, validation, CLASSES, run)
    return system, run


def check_posteriors(system, run, manifest):
    """Posteriors are rows of sum 1 in the manifest's order, whatever the labels."""
    test = parts(manifest)[2]
    posteriors = system.posteriors(test, run)
    assert posteriors.dtype == "float32"
    assert posteriors.shape == (len(test), len(CLASSES))
    np.testing.assert_allclose(posteriors.sum(axis=1), 1, rtol=1e-5)
    frame = test.to_frame().iloc[::-1]
    frame["label"] = "unheard of"
    backwards = system.posteriors(Manifest.from_frame(frame), run)
    np.testing.assert_allclose(backwards[::-1], posteriors, atol=1e-5)


def check_loaded(system, run, manifest):
    """The system of the run's files is the one that was trained."""
    loaded = type(system).load(RunDirectory.open(run.path))
    test = parts(manifest)[2]
    np.testing.assert_array_equal(
        loaded.posteriors(test, run), system.posteriors(test, run)
    )
    assert loaded.num_parameters == system.num_parameters
    assert loaded.classes == CLASSES


def accuracy(system, run, part):
    """Share of the utterances whose emotion the system finds."""
    found = system.posteriors(part, run).argmax(axis=1)
    return np.mean(
        [CLASSES[k] == one.label for k, one in zip(found, part, strict=True)]
    )
