"""One recipe from manifests to a judged teacher and student."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.distribution import current_strategy, is_chief
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.experiments.beginning import begun
from satn_keras.experiments.choosing import check_choosing
from satn_keras.experiments.enrolment import check_enrolment, enrol
from satn_keras.experiments.folds import Fold
from satn_keras.experiments.heard import (
    check_teacher,
    check_unheard,
    heard_by,
    listed,
)
from satn_keras.experiments.judging import judge_system, leave_unjudged
from satn_keras.experiments.pictures import picture_attention
from satn_keras.experiments.protocol import Protocol
from satn_keras.experiments.recipe_features import recipe_features
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.splits import (
    describe_split,
    student_fold,
    teacher_fold,
    with_absolute_paths,
)
from satn_keras.experiments.student_start import check_start
from satn_keras.experiments.systems import System, system_class
from satn_keras.experiments.teacher_judging import judge_teacher
from satn_keras.experiments.teachers import Teacher, train_teacher
from satn_keras.experiments.together import (
    distribution_of,
    for_judging,
    is_finished_for_all,
)
from satn_keras.experiments.transcripts import check_transcripts

Progress = Callable[[int, int], None]


def run_teacher(
    config: ExperimentConfig,
    path: str | os.PathLike,
    initial: str | os.PathLike | None = None,
    progress: Progress | None = None,
) -> Teacher:
    """Teacher of a recipe: split, trained, judged on its test speakers.

    Args:
        config: the recipe; `data.transcripts` names the manifest.
        path: run folder; a finished run in it is returned as it is, an interrupted
            one resumed.
        initial: run folder of a teacher to start from.
        progress: called with (utterances read, of how many).

    Raises:
        AudioError: if a sound file is missing or cannot be read.
        ConfigError: if the recipe names no transcripts, `path` holds a run with
            another recipe or cannot be written, or the initial teacher has other
            tokens or sizes.
        ManifestError: if the manifest breaks a rule, or an utterance has no text.
        ProtocolError: if the speakers cannot be split as asked, the initial teacher
            has heard a test speaker, or an interrupted run had another split.
    """
    config = with_absolute_paths(config)
    run = RunDirectory.plan(path, config)
    fold = teacher_fold(config)
    check_transcripts(config, fold)
    split, start = {"task": "teacher", **describe_split(fold, config)}, None
    if initial is not None:
        origin = RunDirectory.open(initial)
        check_unheard(origin, fold)
        split["speakers"]["initial"] = listed(heard_by(origin))
        split["initial"] = origin.fingerprint("teacher.keras")
        start = Teacher.load(origin)
    _check_same(run, split)
    if is_finished_for_all(run):
        return Teacher.load(run)
    distribution = distribution_of(config.teacher_training)
    with (
        begun(path, config, split, distribution) as run,
        _features(config, "teacher", fold),
    ):
        teacher = train_teacher(
            config, fold.train, fold.validation, run, start, progress
        )
        teacher = for_judging(teacher, Teacher.load, run)
        if is_chief():
            judge_teacher(teacher, fold, run)
    return teacher


def run_student(
    config: ExperimentConfig,
    path: str | os.PathLike,
    teacher_path: str | os.PathLike | None = None,
    progress: Progress | None = None,
    division: tuple[Fold, tuple[str, ...]] | None = None,
    initial: str | os.PathLike | None = None,
) -> System:
    """Emotion recogniser of a recipe: split, trained, judged on its test speakers.

    Args:
        config: the recipe; `data.emotions` names the manifest, `system` the system.
        path: run folder; a finished run in it is returned as it is, an interrupted
            one resumed.
        teacher_path: run folder of the teacher, needed where the recipe's transfer
            or initialization asks for one.
        progress: called with (utterances read, of how many).
        division: fold and classes; those of `student_fold` when absent.
        initial: run folder or name of a student to start from.

    Raises:
        AudioError: if a sound file is missing or cannot be read.
        ConfigError: if the recipe names no labelled speech, transfer is asked
            without a teacher, from one with other features or of a system that
            cannot copy, the initial student hears other features, or `path` holds a
            run with another recipe or cannot be written.
        ManifestError: if the manifest breaks a rule, or a label is no class.
        ProtocolError: if the speakers cannot be split or enrolled as asked, the
            teacher or the initial student was trained, or its epoch chosen, on a test
            speaker of the student, or an interrupted run had another split.
    """
    config = with_absolute_paths(config)
    run = RunDirectory.plan(path, config)
    fold, classes = division or student_fold(config)
    check_choosing(config, fold.validation, "protocol.validation_speakers")
    check_enrolment(config, fold.validation, fold.test)
    split = _student_split(config, fold, teacher_path)
    origin = check_start(config, initial, fold, split)
    _check_same(run, split)
    system = system_class(config)
    if is_finished_for_all(run):
        return system.load(run)
    distribution = distribution_of(config.student_training)
    with (
        begun(path, config, split, distribution) as run,
        _features(config, "student", fold),
    ):
        start = time.monotonic()
        with current_strategy().scope():
            teacher = _teacher(config, teacher_path)
        copied = None if teacher is None else teacher.model
        begin = {} if origin is None else {"start": origin}
        trained = system.train(
            config, fold.train, fold.validation, classes, run, copied, progress, **begin
        )
        seconds = time.monotonic() - start
        trained = for_judging(trained, system.load, run)
        if is_chief():
            _judge(trained, config, teacher_path, fold, run, seconds)
    return trained


def _judge(trained, config, teacher_path, fold, run, seconds):
    if fold.untested:
        leave_unjudged(trained, run, seconds)
        return
    teacher = _teacher(config, teacher_path)
    if teacher is not None:  # an utterance that nobody chose
        utterance = fold.test[len(fold.test) // 2]
        picture = run.figures / "attention.png"
        picture_attention(trained, utterance, picture, teacher)
    judge_system(trained, fold, run, seconds)


def _teacher(config, path) -> Teacher | None:
    if not config.transfer.needs_teacher:
        return None
    return Teacher.load(RunDirectory.open(path))


def is_finished(
    config: ExperimentConfig,
    path: str | os.PathLike,
    teacher_path: str | os.PathLike | None,
    fold: Fold,
) -> bool:
    """Whether `run_student` would return the run in `path` as it is.

    Raises:
        ConfigError, ProtocolError: as `run_student`, if the run there is of another
            recipe, other utterances or another teacher.
    """
    config = with_absolute_paths(config)
    run = RunDirectory.plan(path, config)
    if run.is_finished:
        _check_same(run, _student_split(config, fold, teacher_path))
    return is_finished_for_all(run)


def _features(config: ExperimentConfig, task: str, fold: Fold):
    """Context in which the recipe's prepared features are read."""
    training = getattr(config, f"{task}_training")
    return recipe_features(config, training, fold.train, fold.validation, fold.test)


def _student_split(config, fold, teacher_path) -> dict:
    """What `split.json` says of a student, checked."""
    Protocol(fold).check_training_parts(fold.train, fold.validation)
    split = {"task": "student", **describe_split(fold, config)}
    if config.protocol.enrolment_utterances:
        parts = {"validation": fold.validation, "test": fold.test}
        split["enrolled"] = {
            name: list((enrol(part, config).enrolled or Manifest()).keys)
            for name, part in parts.items()
        }
    if config.transfer.needs_teacher:
        origin = check_teacher(config, teacher_path, fold)
        split["speakers"]["teacher"] = listed(heard_by(origin))
        split["teacher"] = origin.fingerprint("teacher.keras")
    return split


def _check_same(run: RunDirectory, split: dict) -> None:
    """Refuse to go on with other speech, another teacher or another task."""
    if not (run.is_finished or run.has_trained):
        return
    written = run.read_json("split.json")
    task = written.get("task", split["task"])
    if task != split["task"]:
        raise ConfigError(
            f"{run.path}: this folder holds a {task}, not a {split['task']}. Choose "
            "another folder."
        )
    if written != split:
        raise ProtocolError(
            f"{run.path / 'split.json'}: the utterances or the teacher have changed "
            "since this run, so that it may have heard what is now test speech. "
            "Choose another folder, or remove this one."
        )
