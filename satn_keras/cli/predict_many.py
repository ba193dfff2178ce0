"""`satn predict --runner`: any number of files to sharded JSON lines."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence

import typer

from satn_keras.cli.beam_words import DEFAULT_RUNNER, quiet_beam
from satn_keras.cli.mistakes import MISTAKE, tell
from satn_keras.cli.progress import progress_bar
from satn_keras.cli.quiet import load_tensorflow
from satn_keras.errors import AudioError, ConfigError


@dataclasses.dataclass(frozen=True)
class BatchOptions:
    """What the command line says of a prediction by Beam.

    Attributes:
        folder: to fill.
        model: exported model, or name of a preset; satn-nemo when None.
        runner: of Beam.
        shards: how many.
        beam_options: of the runner.
    """

    folder: pathlib.Path
    model: pathlib.Path | None = None
    runner: str | None = None
    shards: int | None = None
    beam_options: Sequence[str] = ()


def predict_many(files: Sequence[pathlib.Path], options: BatchOptions) -> None:
    """Fill a folder with predictions.

    Raises:
        typer.Exit: with code 2, after their number, if files cannot be read.
    """
    load_tensorflow()
    with quiet_beam(), progress_bar("shards") as progress:
        index = _predicted([str(path) for path in files], options, progress)
    typer.echo(
        f"{options.folder}: {index['predictions']} predictions in "
        f"{len(index['shards'])} shards"
    )
    if index["faults"]:
        tell(
            f"{index['faults']} of {index['files']} files could not be read; see "
            f"{options.folder / 'faults.jsonl'}."
        )
        raise typer.Exit(MISTAKE)


def _predicted(names, options, progress):
    from satn_keras import beam
    from satn_keras.experiments.presets import exported_model

    model = exported_model(options.model)
    prediction = beam.FilePrediction(names, model, options.folder, options.shards)
    runner = options.runner or DEFAULT_RUNNER
    return beam.predict_files(prediction, runner, options.beam_options, progress)


def check_all_there(files: Sequence[pathlib.Path], faults: Sequence[AudioError]):
    """Refuse to begin where a named path leads nowhere, or none is named.

    Raises:
        ConfigError: if there is nothing to predict.
        typer.Exit: with code 2, after a line for each fault.
    """
    for fault in faults:
        tell(fault)
    if faults:
        raise typer.Exit(MISTAKE)
    if not files:
        raise ConfigError(
            "satn predict: no files are named. Give files, folders, or --list FILE."
        )
