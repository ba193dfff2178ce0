"""Who a run has heard, and which teachers may therefore teach whom."""

from __future__ import annotations

import os

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ArtifactError, ConfigError, ProtocolError
from satn_keras.experiments.folds import Fold
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.splits import Speaker, shared, speakers_of

_HEARD = ("train", "validation", "teacher", "initial")
_OF_HELD_OUT = "speaker_prior_seconds"  # no weight of a network hears of it


def heard_by(run: RunDirectory) -> set[Speaker]:
    """Speakers that trained or selected a run, its teacher, or its starting point."""
    parts = run.read_json("split.json")["speakers"]
    heard = (parts.get(part, []) for part in _HEARD)
    return {tuple(pair) for part in heard for pair in part}


def check_unheard(origin: RunDirectory, fold: Fold) -> None:
    """Refuse a teacher, or a start, that has heard a test speaker of `fold`.

    Raises:
        ProtocolError: naming the speakers.
    """
    seen = shared(speakers_of(fold.test), heard_by(origin))
    if seen:
        names = ", ".join(speaker for _, speaker in seen)
        raise ProtocolError(
            f"{origin.path}: this model was trained or selected on test speakers "
            f"({names}). Take one trained without them; if they only share a name, "
            "fill in the column `dataset` of both manifests."
        )


def check_teacher(
    config: ExperimentConfig, teacher_path: str | os.PathLike | None, fold: Fold
) -> RunDirectory:
    """Run of the teacher, if it can teach the students of this recipe and fold.

    Raises:
        ArtifactError: if there is no trained teacher.
        ConfigError: if none is given, or it hears other features.
        ProtocolError: if it has heard a test speaker of the fold.
    """
    origin = _teacher_run(teacher_path, config)
    check_unheard(origin, fold)
    return origin


def _teacher_run(path, config: ExperimentConfig) -> RunDirectory:
    """Run of the teacher, if it hears the features of this recipe."""
    if path is None:
        wish = f"transfer.weight: {config.transfer.weight}"
        if not config.transfer.weight:
            wish = "transfer.initialization: teacher"
        raise ConfigError(
            f"{wish} needs a teacher. Give its run with --teacher, train both with "
            "--task both, or set transfer.weight=0 without an initialization."
        )
    run = RunDirectory.open(path)
    if not (run.path / "teacher.keras").exists():
        raise ArtifactError(
            f"{path}: no trained teacher here (teacher.keras is missing). Train one "
            "with `satn train RECIPE --task teacher`."
        )
    check_same_features(config, run, "teacher")
    return run


def check_same_features(config: ExperimentConfig, run: RunDirectory, what: str) -> None:
    """Refuse a run, of a `what`, that hears other features than the recipe says.

    Raises:
        ConfigError: naming the first that differs.
    """
    theirs, ours = (each.features.model_dump() for each in (run.config, config))
    for key, value in ours.items():
        if theirs[key] != value and key != _OF_HELD_OUT:
            raise ConfigError(
                f"features.{key}: {value!r}, but the {what} in {run.path} was trained "
                f"with {theirs[key]!r}. Set features.{key} to the {what}'s value, or "
                f"train a {what} with these features."
            )


def listed(speakers: set[Speaker]) -> list[list[str]]:
    """The speakers, sorted and fit for JSON."""
    return [list(speaker) for speaker in sorted(speakers)]
