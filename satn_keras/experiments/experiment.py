"""One recipe from manifests to a judged teacher and student."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, classes_of
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.experiments.folds import Fold, hold_out_speakers
from satn_keras.experiments.judging import judge_student, judge_teacher
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.students import Student, train_student
from satn_keras.experiments.teachers import Teacher, train_teacher

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
        ConfigError: if the recipe names no transcripts, or `path` holds a run with
            another recipe.
        ProtocolError: if the speakers cannot be split as asked, or the initial
            teacher has heard a test speaker.
    """
    run = RunDirectory.create(path, config)
    if run.is_finished:
        return Teacher.load(run)
    fold = teacher_fold(config)
    split, start = describe_split(fold), None
    if initial is not None:
        origin = RunDirectory.open(initial)
        check_unheard(origin, fold)
        split["speakers"]["initial"] = sorted(heard_by(origin))
        start = Teacher.load(origin)
    run.write_json("split.json", split)
    teacher = train_teacher(config, fold.train, fold.validation, run, start, progress)
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
        ConfigError: if the recipe names no labelled speech, or transfer is asked
            without a teacher.
        ProtocolError: if the teacher was trained, or its epoch chosen, on a test
            speaker of the student.
    """
    run = RunDirectory.create(path, config)
    if run.is_finished:
        return Student.load(run)
    fold, classes = student_fold(config)
    run.write_json("split.json", describe_split(fold))
    teacher = None
    if config.transfer.weight > 0:
        teacher = _heard_nothing_of(teacher_path, fold, config).model
    student = train_student(
        config, fold.train, fold.validation, classes, run, teacher, progress
    )
    judge_student(student, fold, run)
    return student


def student_fold(config: ExperimentConfig) -> tuple[Fold, tuple[str, ...]]:
    """Labelled utterances by part, and the classes."""
    manifest = _manifest(config, "emotions")
    classes = config.data.classes or tuple(classes_of(manifest))
    fold = hold_out_speakers(
        manifest,
        config.data.test_speakers,
        config.data.validation_speakers,
        seed=config.seed,
    )
    return fold, tuple(classes)


def teacher_fold(config: ExperimentConfig) -> Fold:
    """Transcribed utterances by part.

    Where the recipe's labelled speech has the same speakers, the teacher takes the
    student's split, so that it never hears the student's test speakers.
    """
    manifest = _manifest(config, "transcripts")
    if config.data.emotions:
        fold, _ = student_fold(config)
        if speakers_of(manifest) & speakers_of(fold.test):
            held = {part: _names(getattr(fold, part)) for part in _HELD_OUT}
            return hold_out_speakers(
                manifest, held["test"], held["validation"], seed=config.seed
            )
    return hold_out_speakers(
        manifest,
        config.data.teacher_test_speakers,
        config.data.teacher_validation_speakers,
        seed=config.seed,
    )


def speakers_of(manifest: Manifest) -> set[tuple[str, str]]:
    """(dataset, speaker): two corpora may both have a speaker "01"."""
    return {(utterance.dataset, utterance.speaker) for utterance in manifest}


def describe_split(fold: Fold) -> dict:
    """`split.json`: keys by part with a hash, and the speakers of each part."""
    parts = {part: getattr(fold, part) for part in ("train", *_HELD_OUT)}
    speakers = {part: sorted(speakers_of(parts[part])) for part in parts}
    return {**fold.split_record(), "speakers": speakers}


def heard_by(run: RunDirectory) -> set[tuple[str, str]]:
    """Speakers that trained or selected a run, or one it started from."""
    parts = run.read_json("split.json")["speakers"]
    heard = (parts.get(part, []) for part in ("train", "validation", "initial"))
    return {tuple(pair) for part in heard for pair in part}


def check_unheard(teacher_run: RunDirectory, fold: Fold) -> None:
    """Refuse a teacher that has heard a test speaker of `fold`.

    Raises:
        ProtocolError: naming the speakers.
    """
    seen = sorted(heard_by(teacher_run) & speakers_of(fold.test))
    if seen:
        names = ", ".join(speaker for _, speaker in seen)
        raise ProtocolError(
            f"{teacher_run.path}: this teacher was trained or selected on test "
            f"speakers ({names}). Train a teacher without them."
        )


_HELD_OUT = ("validation", "test")


def _names(manifest: Manifest) -> tuple[str, ...]:
    return tuple(manifest.speakers)


def _manifest(config: ExperimentConfig, kind: str) -> Manifest:
    path = getattr(config.data, kind)
    if path is None:
        raise ConfigError(
            f"data.{kind}: the recipe names no manifest. Add `{kind}: FILE` under "
            "`data`, or give it on the command line as data."
            f"{kind}=FILE."
        )
    return Manifest.read(pathlib.Path(path))


def _heard_nothing_of(teacher_path, fold, config) -> Teacher:
    if teacher_path is None:
        raise ConfigError(
            f"transfer.weight: {config.transfer.weight} needs a teacher. Give its run "
            "with --teacher, train both with --task both, or set transfer.weight=0."
        )
    run = RunDirectory.open(teacher_path)
    check_unheard(run, fold)
    return Teacher.load(run)
