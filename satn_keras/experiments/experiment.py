"""One recipe from manifests to a judged teacher and student."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError, ProtocolError, SatnError
from satn_keras.experiments.folds import Fold
from satn_keras.experiments.judging import judge_student, judge_teacher
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.splits import (
    Speaker,
    describe_split,
    shared,
    speakers_of,
    student_fold,
    teacher_fold,
    with_absolute_paths,
)
from satn_keras.experiments.students import Student, train_student
from satn_keras.experiments.teachers import Teacher, train_teacher
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
    split, start = {"task": "teacher", **describe_split(fold)}, None
    if initial is not None:
        origin = RunDirectory.open(initial)
        check_unheard(origin, fold)
        split["speakers"]["initial"] = _listed(heard_by(origin))
        split["initial"] = origin.fingerprint("teacher.keras")
        start = Teacher.load(origin)
    _check_same(run, split)
    if run.is_finished:
        return Teacher.load(run)
    with _begun(path, config, split) as run:
        teacher = train_teacher(
            config, fold.train, fold.validation, run, start, progress
        )
        judge_teacher(teacher, fold, run)
    return teacher


def run_student(
    config: ExperimentConfig,
    path: str | os.PathLike,
    teacher_path: str | os.PathLike | None = None,
    progress: Progress | None = None,
) -> Student:
    """Student of a recipe: split, trained, judged on its test speakers.

    Args:
        config: the recipe; `data.emotions` names the manifest.
        path: run folder; a finished run in it is returned as it is, an interrupted
            one resumed.
        teacher_path: run folder of the teacher, needed where `transfer.weight` is
            above 0.
        progress: called with (utterances read, of how many).

    Raises:
        AudioError: if a sound file is missing or cannot be read.
        ConfigError: if the recipe names no labelled speech, transfer is asked
            without a teacher or from one with other features, or `path` holds a run
            with another recipe or cannot be written.
        ManifestError: if the manifest breaks a rule, or a label is no class.
        ProtocolError: if the speakers cannot be split as asked, the teacher was
            trained, or its epoch chosen, on a test speaker of the student, or an
            interrupted run had another split.
    """
    config = with_absolute_paths(config)
    run = RunDirectory.plan(path, config)
    fold, classes = student_fold(config)
    split, teacher = {"task": "student", **describe_split(fold)}, None
    if config.transfer.weight > 0:
        origin = _teacher_run(teacher_path, config)
        check_unheard(origin, fold)
        split["speakers"]["teacher"] = _listed(heard_by(origin))
        split["teacher"] = origin.fingerprint("teacher.keras")
        teacher = Teacher.load(origin).model
    _check_same(run, split)
    if run.is_finished:
        return Student.load(run)
    with _begun(path, config, split) as run:
        student = train_student(
            config, fold.train, fold.validation, classes, run, teacher, progress
        )
        judge_student(student, fold, run)
    return student


def heard_by(run: RunDirectory) -> set[Speaker]:
    """Speakers that trained or selected a run, its teacher, or its starting point."""
    parts = run.read_json("split.json")["speakers"]
    heard = (parts.get(part, []) for part in _HEARD)
    return {tuple(pair) for part in heard for pair in part}


def check_unheard(teacher_run: RunDirectory, fold: Fold) -> None:
    """Refuse a teacher that has heard a test speaker of `fold`.

    Raises:
        ProtocolError: naming the speakers.
    """
    seen = shared(speakers_of(fold.test), heard_by(teacher_run))
    if seen:
        names = ", ".join(speaker for _, speaker in seen)
        raise ProtocolError(
            f"{teacher_run.path}: this teacher was trained or selected on test "
            f"speakers ({names}). Train a teacher without them; if they only share a "
            "name, fill in the column `dataset` of both manifests."
        )


_HEARD = ("train", "validation", "teacher", "initial")


@contextlib.contextmanager
def _begun(
    path: str | os.PathLike, config: ExperimentConfig, split: dict
) -> Iterator[RunDirectory]:
    """Run folder with its split; refuses to go on training with another one.

    A folder made here is removed where a mistake shows before the first epoch ends,
    so that the mended recipe finds the place free.
    """
    if importlib.util.find_spec("matplotlib") is None:  # not after hours of training
        raise ImportError(
            "The report's figures need matplotlib, which is not installed. "
            "Install it with: pip install 'satn-keras[report]'"
        )
    before = set(os.listdir(path)) if os.path.isdir(path) else None
    run = RunDirectory.create(path, config)
    run.write_json("split.json", split)
    try:
        yield run
    except SatnError:
        if not run.has_trained:
            _remove_new(run, before)
        raise


def _remove_new(run: RunDirectory, before: set[str] | None) -> None:
    """Remove what a failed start wrote into a folder that held `before`."""
    if before is None:
        shutil.rmtree(run.path, ignore_errors=True)
        return
    for name in set(os.listdir(run.path)) - before:
        child = run.path / name
        shutil.rmtree(child, ignore_errors=True) if child.is_dir() else child.unlink()


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


def _teacher_run(path, config: ExperimentConfig) -> RunDirectory:
    """Run of the teacher, if it hears the features of this recipe."""
    if path is None:
        raise ConfigError(
            f"transfer.weight: {config.transfer.weight} needs a teacher. Give its run "
            "with --teacher, train both with --task both, or set transfer.weight=0."
        )
    run = RunDirectory.open(path)
    theirs, ours = (each.features.model_dump() for each in (run.config, config))
    for key, value in ours.items():
        if theirs[key] != value:
            raise ConfigError(
                f"features.{key}: {value!r}, but the teacher in {path} was trained "
                f"with {theirs[key]!r}. Set features.{key} to the teacher's value, or "
                "train a teacher with these features."
            )
    return run


def _listed(speakers: set[Speaker]) -> list[list[str]]:
    return [list(speaker) for speaker in sorted(speakers)]
