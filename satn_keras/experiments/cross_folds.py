"""Folds of a recipe's protocol, and the recipe of each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.experiments.folds import Fold, make_folds

_FOLDER_NAME = re.compile(r"[^/\\\0]*[^/\\\0.][^/\\\0]*")


def chosen_folds(
    manifest: Manifest, config: ExperimentConfig, names: Sequence[str] | None
) -> list[Fold]:
    """Folds of the recipe's protocol, those of `names` alone where given.

    Raises:
        ConfigError: naming the folds there are, if one is not among them.
        ProtocolError: if the manifest cannot be divided so, or a fold's name is none
            for a folder.
    """
    folds = {
        fold.name: fold for fold in make_folds(manifest, config.protocol, config.seed)
    }
    unknown = sorted(set(names or ()) - set(folds))
    if unknown:
        raise ConfigError(
            f"fold {unknown[0]!r}: there is none of this name. Folds: "
            f"{', '.join(folds)}."
        )
    for name in folds:
        if not _FOLDER_NAME.fullmatch(name):
            raise ProtocolError(
                f"fold {name!r} cannot be the name of a folder. Rename the speaker or "
                "session in the manifest."
            )
    return [fold for name, fold in folds.items() if names is None or name in names]


def fold_config(config: ExperimentConfig, fold: Fold, seed: int) -> ExperimentConfig:
    """The recipe of one fold: its speakers by name, and the training's seed."""
    data = config.data.model_copy(
        update={
            "test_speakers": fold.test.speakers,
            "validation_speakers": fold.validation.speakers,
        }
    )
    return config.model_copy(update={"data": data, "seed": seed})


def teacher_config(config: ExperimentConfig) -> ExperimentConfig:
    """The recipe with the student's sections as they come, so that students share.

    Rows of a table differ in the student alone; their teacher is one and the same,
    however many utterances enrol a student's speakers.
    """
    defaults = ExperimentConfig()
    sections = {
        name: getattr(defaults, name)
        for name in ("system", "student", "student_training", "transfer")
    }
    protocol = config.protocol.model_copy(update={"enrolment_utterances": 0})
    return config.model_copy(update={**sections, "protocol": protocol})
