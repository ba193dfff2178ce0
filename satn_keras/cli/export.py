"""`satn export`: a trained student to a SavedModel that takes a waveform."""

import pathlib

import typer

from satn_keras.cli.quiet import load_tensorflow
from satn_keras.errors import ConfigError
from satn_keras.export.versions import EXTRA, WARM_UP

FORMATS = {  # name -> function of satn_keras.export
    "saved_model": "export_student",
    "litert": "export_litert",
    "onnx": "export_onnx",
}


def export(
    run: pathlib.Path = typer.Argument(help="Run folder of a student."),
    name: str = typer.Option(..., help="Name under which the model is served."),
    folder: pathlib.Path = typer.Option(
        pathlib.Path("saved_models"), help="Holds NAME/VERSION."
    ),
    kind: str = typer.Option(
        "saved_model",
        "--format",
        help="saved_model; litert (into NAME/litert) or onnx (into NAME/onnx).",
    ),
    precision: list[str] = typer.Option(
        None,
        help="With --format litert: float32, float16 or int8, several times for "
        "several files; all three when absent.",
    ),
) -> None:
    """Write a trained student as the next version of a served model."""
    if kind not in FORMATS:
        raise ConfigError(
            f"--format: must be one of {', '.join(FORMATS)}. Received: {kind!r}."
        )
    if precision and kind != "litert":
        raise ConfigError(
            f"--precision: belongs to --format litert. Received: --format {kind}."
        )
    if not name or pathlib.Path(name).name != name or name.startswith("."):
        raise ConfigError(
            f"--name: must be one plain folder name. Received: {name!r}. "
            "Put the path into --folder."
        )
    load_tensorflow()
    from satn_keras import export as exports
    from satn_keras.experiments.run_directory import RunDirectory
    from satn_keras.experiments.students import Student
    from satn_keras.experiments.systems import system_class

    opened = RunDirectory.open(run)
    if system_class(opened.config) is not Student:
        raise ConfigError(
            f"{run}: system {opened.config.system.name} is not one network, so that no "
            "SavedModel can hold it. Export a run of satn, acrnn or another network."
        )
    student = Student.load(opened)
    function = getattr(exports, FORMATS[kind])
    path = function(
        student.model,
        student.front_end,
        student.classes,
        folder / name,
        student.config,
        opened.path,
        **({"precisions": precision} if precision else {}),
    )
    typer.echo(f"{path}: {', '.join(student.classes)}")
    if kind == "saved_model" and not (path / EXTRA / WARM_UP).exists():
        typer.echo(
            f"{path}: no warm-up requests, as tensorflow-serving-api is missing. "
            "Install it with `pip install 'satn-keras[serving]'` and export again.",
            err=True,
        )
