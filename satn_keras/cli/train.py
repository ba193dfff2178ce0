"""`satn train`: a recipe to a trained and judged teacher, student, or both."""

import enum
import pathlib

import typer

from satn_keras.cli.progress import progress_bar
from satn_keras.cli.strategy import STRATEGY, Strategy, chosen
from satn_keras.errors import ConfigError


class Task(str, enum.Enum):
    """What to train."""

    teacher = "teacher"
    student = "student"
    both = "both"


def train(
    recipe: pathlib.Path = typer.Argument(help="YAML file; see docs/recipes.md."),
    overrides: list[str] = typer.Argument(
        None, metavar="[KEY=VALUE]...", help="Settings that change the recipe's."
    ),
    out: pathlib.Path = typer.Option(..., help="Run folder; resumed if interrupted."),
    task: Task = typer.Option(
        Task.student, help="`both` puts them into OUT/teacher and OUT/student."
    ),
    teacher: pathlib.Path = typer.Option(
        None, help="Run folder of the teacher whose attention the student copies."
    ),
    initial: pathlib.Path = typer.Option(
        None, help="Run folder of a teacher that the teacher's training starts from."
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
    if initial is not None and task is Task.student:
        raise ConfigError(
            "--initial: only a teacher starts from one. Leave the option out, or give "
            "--teacher."
        )
    from satn_keras.config import ExperimentConfig

    overrides = [*(overrides or ()), *(_jit_of(task) if jit else ())]
    config = ExperimentConfig.from_yaml(recipe, overrides)
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
            run_student(config, student_out, teacher, progress)
            _tell(student_out, "ua", "wa", "macro_f1")


def _jit_of(task):
    """Overrides that switch XLA on in what `task` trains."""
    parts = ("teacher", "student") if task is Task.both else (task.value,)
    return [f"{part}_training.jit=true" for part in parts]


def _tell(path, *names):
    from satn_keras.experiments.run_directory import RunDirectory

    metrics = RunDirectory.open(path).read_json("metrics.json")
    values = ", ".join(f"{name} {metrics[name]:.3f}" for name in names)
    typer.echo(f"{path}: test speakers: {values}; see {path / 'report.md'}")
