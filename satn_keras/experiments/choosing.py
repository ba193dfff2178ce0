"""What a fold must hold for a training to be worth its time."""

from __future__ import annotations

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.experiments.folds import Fold

# Systems whose posterior is sharpened on the validation part.
_SHARPENED = ("dnn_elm", "rnn_elm", "gmm_hmm", "dnn_hmm")
_WITHOUT_CHOICE = ("functionals_svm",)


def check_choosing(
    config: ExperimentConfig,
    validation: Manifest,
    key: str = "data.validation_speakers",
) -> None:
    """Refuse an empty validation part where something is chosen on it.

    Args:
        config: the recipe.
        validation: part of a fold.
        key: of the recipe, which decides the part.

    Raises:
        ConfigError: naming what is chosen, and what to do.
    """
    system, selection = config.system.name, config.student_training.selection
    if len(validation) or system in _WITHOUT_CHOICE:
        return
    if system in _SHARPENED:
        raise ConfigError(
            f"{key}: the validation part is empty, and the system {system} fits the "
            "sharpness of its posterior to it. Take at least one speaker."
        )
    if selection != "last":
        raise ConfigError(
            f"{key}: the validation part is empty, and student_training.selection "
            f"{selection!r} chooses the epoch on it. Take at least one speaker, or set "
            "student_training.selection=last."
        )


def check_taught(fold: Fold) -> None:
    """Refuse a fold whose test part has classes that nobody trains.

    Raises:
        ProtocolError: naming them.
    """
    untaught = sorted(set(fold.test.labels) - set(fold.train.labels))
    if untaught:
        raise ProtocolError(
            f"fold {fold.name!r}: no training utterance is {', '.join(untaught)}, so "
            "that every one tested would be missed. Take data.classes that all "
            "corpora have, such as common-4."
        )
