"""`satn predict`: audio files to emotions, by an exported model."""

import itertools
import json
import os
import pathlib

import typer
from rich.console import Console
from rich.table import Table

from satn_keras.errors import AudioError

ENDINGS = (".wav", ".flac", ".ogg", ".mp3")
BATCH_SIZE = 8


def predict(
    paths: list[pathlib.Path] = typer.Argument(
        help="Files and folders of WAV, FLAC, OGG and MP3, any rate and channels."
    ),
    model: pathlib.Path = typer.Option(
        ..., help="Exported model: saved_models/NAME, or one version of it."
    ),
    as_json: bool = typer.Option(
        False, "--json", help="One JSON object a line: path, label, score, …"
    ),
) -> None:
    """Print the emotion of each file; files that cannot be read end with code 2."""
    files = find_audio(paths)
    from satn_keras.export import Recognizer

    recognizer = Recognizer(model)
    faults = []
    predictions = _predictions(recognizer, files, faults)
    if as_json:
        for prediction in predictions:
            typer.echo(json.dumps(prediction.to_dict(), ensure_ascii=False))
    else:
        _print_table(list(predictions), recognizer.classes)
    for fault in faults:
        typer.echo(f"satn: {fault}", err=True)
    if faults:
        raise typer.Exit(2)


def find_audio(paths: list[pathlib.Path]) -> list[pathlib.Path]:
    """Named files, and all audio files below named folders, sorted.

    Raises:
        AudioError: if a path does not exist or a folder holds no audio.
    """
    files = []
    for path in paths:
        if not path.is_dir():
            if not path.exists():
                raise AudioError(f"{path}: no such file or folder. Check the path.")
            files.append(path)
            continue
        found = sorted(
            child for child in path.rglob("*") if child.suffix.lower() in ENDINGS
        )
        if not found:
            raise AudioError(
                f"{path}: no audio in this folder. It must hold files ending in "
                f"{', '.join(ENDINGS)}."
            )
        files += found
    return files


def _predictions(recognizer, files, faults):
    """Predictions of the readable files; the others' faults are put into `faults`."""
    from satn_keras.export import Prediction
    from satn_keras.pipelines import read_audio

    files = iter(files)
    while batch := list(itertools.islice(files, BATCH_SIZE)):
        heard = []
        for path in batch:
            try:
                heard.append((path, read_audio(path, recognizer.sample_rate)))
            except AudioError as error:
                faults.append(error)
        answers = recognizer.predict([waveform for _, waveform in heard])
        for (path, _), answer in zip(heard, answers, strict=True):
            yield Prediction(
                answer.label, answer.score, answer.probabilities, os.fspath(path)
            )


def _print_table(predictions, classes):
    table = Table("path", "label", "score", *classes)
    for prediction in predictions:
        shares = (f"{prediction.probabilities[name]:.2f}" for name in classes)
        table.add_row(
            prediction.path, prediction.label, f"{prediction.score:.2f}", *shares
        )
    if predictions:
        Console(soft_wrap=True).print(table)
