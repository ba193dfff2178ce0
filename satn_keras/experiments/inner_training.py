"""One training on an inner fold, scored on speakers who are not tested either."""

from __future__ import annotations

import gc
import os
import pathlib
import shutil
import time

import keras
import tensorflow as tf

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import class_indices
from satn_keras.distribution import current_strategy
from satn_keras.errors import ConfigError
from satn_keras.evaluation import score
from satn_keras.experiments.choosing import check_choosing
from satn_keras.experiments.development import Development, InnerFold
from satn_keras.experiments.enrolment import check_enrolment, scored_posteriors
from satn_keras.experiments.recipe_features import recipe_features
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems import System, system_class
from satn_keras.experiments.teachers import Teacher
from satn_keras.experiments.together import distribution_of, for_judging

SCORE = "score.json"
KEPT = ("config.yaml", "environment.json", "history.csv", "selected.json", SCORE)


def train_and_score(
    config: ExperimentConfig,
    development: Development,
    fold: InnerFold,
    path: str | os.PathLike,
    progress=None,
    earlier: str | os.PathLike | None = None,
    resumable: bool = False,
) -> dict:
    """Figures of one training on an inner fold; a finished one is read.

    Args:
        config: the recipe of the trial, with the seed of the training.
        development: classes and teacher.
        fold: of the development speakers.
        path: run folder; an interrupted training in it is resumed.
        progress: called with (utterances read, of how many).
        earlier: run folder of the same training with fewer epochs, to go on from.
        resumable: whether checkpoints stay, for a training that will go on from
            this one.

    Returns:
        What `score.json` of the run holds: `ua` of the scoring speakers, `wa`,
        `epoch` and `seconds`.

    Raises:
        ConfigError: if `path` holds another recipe, or the settings do not fit.
    """
    run = RunDirectory.plan(path, config)
    kept = KEPT + (("checkpoints",) if resumable else ())
    if (run.path / SCORE).exists():
        _slim(run, kept)  # a process that was killed may not have come to it
        return run.read_json(SCORE)
    check_choosing(config, fold.choice, "--choice last")
    _check_scoring(config, fold)
    check_enrolment(config, fold.choice, fold.scoring)
    start = time.monotonic()
    if config.deterministic:
        tf.config.experimental.enable_op_determinism()
    distribution = distribution_of(config.student_training)
    run = RunDirectory.create(path, config, distribution)
    if earlier is not None and not run.has_trained:
        _go_on_from(pathlib.Path(earlier), run)
    parts = fold.train, fold.choice, fold.scoring
    with recipe_features(config, config.student_training, *parts):
        system = _train(config, development, fold, run, progress)
        part, posteriors = scored_posteriors(system, fold.scoring, run)
    classes = development.classes
    scores = score(class_indices(part.scored, classes), posteriors, classes)
    figures = {
        "ua": scores.ua,
        "wa": scores.wa,
        "epoch": run.read_json("selected.json").get("epoch"),
        "seconds": round(time.monotonic() - start, 1),
    }
    run.write_json(SCORE, figures)
    _slim(run, kept)
    keras.backend.clear_session()  # graphs of hundreds of trainings add up
    gc.collect()
    return figures


def _train(config, development, fold, run, progress) -> System:
    """System that learned from `fold.train`, as one device runs it."""
    teacher = None
    if config.transfer.needs_teacher:
        with current_strategy().scope():
            teacher = Teacher.load(RunDirectory.open(development.teacher)).model
    kind = system_class(config)
    system = kind.train(
        config, fold.train, fold.choice, development.classes, run, teacher, progress
    )
    return for_judging(system, kind.load, run)


def _check_scoring(config: ExperimentConfig, fold: InnerFold) -> None:
    joined = getattr(config.system, "train_on_validation", False)
    if joined and fold.choice.keys == fold.scoring.keys:
        raise ConfigError(
            "system.train_on_validation: the scoring speakers would be trained on. "
            "Keep the choice of the epoch apart (--choice apart), or set it to false."
        )


def _go_on_from(earlier: pathlib.Path, run: RunDirectory) -> None:
    """Checkpoints and history of a shorter training, in the place of none.

    The checkpoints come last and by a rename: they say that all is there.
    """
    if not RunDirectory(earlier).has_trained:
        return
    if (earlier / "history.csv").exists():
        shutil.copy(earlier / "history.csv", run.path / "history.csv")
    part = run.path / ".checkpoints"
    shutil.rmtree(part, ignore_errors=True)  # of a process that was killed
    shutil.copytree(earlier / "checkpoints", part)
    shutil.rmtree(run.checkpoints)
    part.rename(run.checkpoints)


def _slim(run: RunDirectory, kept) -> None:
    """Remove models and caches: a search leaves hundreds of trainings."""
    for child in run.path.iterdir():
        if child.name in kept:
            continue
        shutil.rmtree(child) if child.is_dir() else child.unlink()
