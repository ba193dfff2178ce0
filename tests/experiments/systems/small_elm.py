"""The two small systems that end in an ELM, trained once, and what both promise."""

import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems import system_class

CLASSES = ("angry", "happy", "sad")


def recipe(small_config, system, features=None, **training):
    """The small recipe with another system and other training settings."""
    values = small_config.model_dump()
    values["system"] = system
    values["transfer"] = {"weight": 0.0}
    values["features"] = {**values["features"], **(features or {})}
    values["student_training"] = {**values["student_training"], **training}
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


def check_files(run):
    """A run has what `load` and a reader need, and no pickle."""
    files = {path.name for path in run.path.iterdir()}
    needed = {"network.keras", "elm.npz", "statistics.json", "labels.json"}
    assert needed | {"selected.json", "history.csv"} <= files
    assert run.read_json("labels.json") == list(CLASSES)
    with np.load(run.path / "elm.npz", allow_pickle=False) as arrays:
        assert arrays["output"].shape[1] == len(CLASSES)


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


def accuracy(system, run, part):
    """Share of the utterances whose emotion the system finds."""
    found = system.posteriors(part, run).argmax(axis=1)
    truth = [CLASSES.index(one.label) for one in part]
    return np.mean(found == truth)
