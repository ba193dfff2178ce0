"""`satn train`: a recipe to a trained and judged teacher, student, or both."""

import enum
import pathlib

import typer

from satn_keras.cli.progress import progress_bar
from satn_keras.cli.recipe_words import WORDS, read_words
from satn_keras.cli.strategy import STRATEGY, Strategy, chosen
from satn_keras.errors import ConfigError


class Task(str, enum.Enum):
    """What to train."""

    teacher = "teacher"
    student = "student"
    both = "both"


def train(
    words: list[str] = WORDS,
    out: pathlib.Path = typer.Option(..., help="Run folder; resumed if interrupted."),
    task: Task = typer.Option(
        Task.student, help="`both` puts them into OUT/teacher and OUT/student."
    ),
    teacher: pathlib.Path = typer.Option(
        None,
        help="Run folder, or name, of the teacher whose attention the student copies.",
    ),
    initial: pathlib.Path = typer.Option(
        None,
        "--init",
        help="Run folder, or name such as satn-nemo, of a trained model of the TASK's "
        "kind whose weights the training starts from.",
    ),
    strategy: Strategy = STRATEGY,
    jit: bool = typer.Option(
        False, "--jit", help="Compile the training with XLA; sets `jit` of the TASK."
    ),
) -> None:
    """Train by a recipe, choose the epoch on validation speakers, judge on test."""
    if teacher is not None and task is not Task.student:
        raise ConfigError(
            f"--teacher: --task {task.value} trains its own teacher. Leave the option "
            "out, or train with --task student."
        )
    if initial is not None and task is Task.both:
        raise ConfigError(
            "--init: --task both trains two models. Leave the option out, or train one "
            "after the other."
        )
    config = read_words([*(words or ()), *(_jit_of(task) if jit else ())])
    with chosen(strategy):
        _run(config, out, task, teacher, initial)


def _run(config, out, task, teacher, initial):
    from satn_keras.experiments.experiment import run_student, run_teacher

    if task is Task.both:
        from satn_keras.experiments.splits import student_fold

        student_fold(config)  # its mistakes now, not after the teacher's training
    with progress_bar("features") as progress:
        if task is not Task.student:
            teacher_out = out / "teacher" if task is Task.both else out
            run_teacher(config, teacher_out, initial, progress)
            _tell(teacher_out, "per", "wer")
            teacher = teacher_out
        if task is not Task.teacher:
            student_out = out / "student" if task is Task.both else out
            start = initial if task is Task.student else None
            run_student(config, student_out, teacher, progress, initial=start)
            _tell(student_out, "ua", "wa", "macro_f1")


def _jit_of(task):
    """Overrides that switch XLA on in what `task` trains."""
    parts = ("teacher", "student") if task is Task.both else (task.value,)
    return [f"{part}_training.jit=true" for part in parts]


def _tell(path, *names):
    from satn_keras.experiments.run_directory import RunDirectory

    metrics = RunDirectory.open(path).read_json("metrics.json")
    if metrics.get("untested"):
        typer.echo(f"{path}: every speaker trained; nothing was tested")
        return
    values = ", ".join(f"{name} {metrics[name]:.3f}" for name in names)
    typer.echo(f"{path}: test speakers: {values}; see {path / 'report.md'}")
