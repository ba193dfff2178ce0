"""`satn export`: a trained student to a SavedModel that takes a waveform."""

import pathlib

import typer

from satn_keras.cli.quiet import load_tensorflow
from satn_keras.errors import ConfigError


def export(
    run: pathlib.Path = typer.Argument(help="Run folder of a student."),
    name: str = typer.Option(..., help="Name under which the model is served."),
    folder: pathlib.Path = typer.Option(
        pathlib.Path("saved_models"), help="Holds NAME/VERSION."
    ),
) -> None:
    """Write a trained student as the next version of a served model."""
    if not name or pathlib.Path(name).name != name or name.startswith("."):
        raise ConfigError(
            f"--name: must be one plain folder name. Received: {name!r}. "
            "Put the path into --folder."
        )
    load_tensorflow()
    from satn_keras.experiments.run_directory import RunDirectory
    from satn_keras.experiments.students import Student
    from satn_keras.experiments.systems import system_class
    from satn_keras.export import export_student

    opened = RunDirectory.open(run)
    if system_class(opened.config) is not Student:
        raise ConfigError(
            f"{run}: system {opened.config.system.name} is not one network, so that no "
            "SavedModel can hold it. Export a run of satn, acrnn or another network."
        )
    student = Student.load(opened)
    path = export_student(
        student.model,
        student.front_end,
        student.classes,
        folder / name,
        student.config,
    )
    typer.echo(f"{path}: {', '.join(student.classes)}")
