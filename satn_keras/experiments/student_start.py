"""Student whose weights another student's training starts from."""

from __future__ import annotations

import os

import keras

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.experiments.folds import Fold
from satn_keras.experiments.heard import (
    check_same_features,
    check_unheard,
    heard_by,
    listed,
)
from satn_keras.experiments.run_directory import RunDirectory


def check_start(
    config: ExperimentConfig,
    initial: str | os.PathLike | None,
    fold: Fold,
    split: dict,
) -> RunDirectory | None:
    """Run that training starts from, entered into `split`; None without one.

    Raises:
        ArtifactError: if there is no trained student, but a teacher or nothing.
        ConfigError: if the recipe's system cannot start from one, or the student
            hears other features.
        ProtocolError: if it has heard a test speaker of the fold.
    """
    if initial is None:
        return None
    if config.system.name != "satn":
        raise ConfigError(
            f"--init: the system {config.system.name} starts from no other. Leave the "
            "option out."
        )
    run = RunDirectory.open(initial)
    if (run.path / "teacher.keras").exists():
        raise ArtifactError(
            f"{initial}: a teacher, which no student continues. Begin with its weights "
            "by --teacher and transfer.initialization=teacher."
        )
    split["initial"] = run.fingerprint("student.keras")
    check_same_features(config, run, "student")
    check_unheard(run, fold)
    split["speakers"]["initial"] = listed(heard_by(run))
    return run


def start_student(model: keras.Model, classes: tuple[str, ...], start: RunDirectory):
    """Give `model` the weights of the student in `start`.

    Its last layer stays as it was drawn where the classes are others.

    Raises:
        ConfigError: if any other layer has other sizes.
    """
    other = start.read_model("student.keras")
    same_classes = tuple(start.read_json("labels.json")) == classes
    theirs = {layer.name: layer for layer in other.layers}
    for layer in model.layers:
        if not layer.weights or (layer.name == "posterior" and not same_classes):
            continue
        weights = theirs[layer.name].get_weights() if layer.name in theirs else []
        if [each.shape for each in weights] != [each.shape for each in layer.weights]:
            raise ConfigError(
                f"student: {layer.name} has other sizes in the student that training "
                f"starts from. Copy the section `student` of {start.path}/config.yaml."
            )
        layer.set_weights(weights)
