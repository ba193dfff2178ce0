"""`satn predict`: audio files to emotions, by an exported model."""

import json
import pathlib

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from satn_keras.cli.mistakes import MISTAKE, tell
from satn_keras.cli.progress import progress_bar
from satn_keras.cli.quiet import load_tensorflow
from satn_keras.errors import AudioError

ENDINGS = (".wav", ".flac", ".ogg", ".mp3")


def predict(
    paths: list[pathlib.Path] = typer.Argument(
        help="Files and folders of WAV, FLAC, OGG and MP3, any rate and channels."
    ),
    model: pathlib.Path = typer.Option(
        None,
        help="Exported model: a NAME folder, or one version of it; the only one in "
        "./saved_models when absent.",
    ),
    as_json: bool = typer.Option(
        False, "--json", help="One JSON object a line: path, label, score, …"
    ),
) -> None:
    """Print the emotion of each file; files that cannot be read end with code 2."""
    files, faults = find_audio(paths)
    if files:
        load_tensorflow()
        from satn_keras.export import Recognizer
        from satn_keras.export.recognizer import find_only_model

        recognizer = Recognizer(model or find_only_model(pathlib.Path("saved_models")))
        predictions = _predictions(recognizer, files, faults)
        if as_json:
            for prediction in predictions:
                typer.echo(json.dumps(prediction.to_dict(), ensure_ascii=False))
        else:
            _print_table(list(predictions), recognizer.classes)
    for fault in faults:
        tell(fault)
    if faults:
        raise typer.Exit(MISTAKE)


def find_audio(
    paths: list[pathlib.Path],
) -> tuple[list[pathlib.Path], list[AudioError]]:
    """Named files, and all audio files below named folders, sorted.

    Hidden files in folders are passed over: other systems put their notes there.

    Returns:
        Files, and an error for each path that is missing or holds no audio.
    """
    files, faults = [], []
    for path in paths:
        if path.is_file():
            files.append(path)
        elif path.is_dir():
            found = sorted(child for child in path.rglob("*") if _is_audio(child))
            if not found:
                faults.append(
                    AudioError(
                        f"{path}: no audio in this folder. It must hold files ending "
                        f"in {', '.join(ENDINGS)}."
                    )
                )
            files += found
        else:
            faults.append(
                AudioError(f"{path}: no such file or folder. Check the path.")
            )
    return files, faults


def _is_audio(path):
    sounds = path.suffix.lower() in ENDINGS and not path.name.startswith(".")
    return sounds and path.is_file()


def _predictions(recognizer, files, faults):
    """Predictions of the readable files; the others' faults are put into `faults`."""
    from satn_keras.pipelines import read_audio

    def waveforms():
        with progress_bar("listening") as progress:
            for done, path in enumerate(files):
                progress(done, len(files))
                try:
                    yield path, read_audio(path, recognizer.sample_rate)
                except AudioError as error:
                    faults.append(error)

    return recognizer.predict_named(waveforms())


def _print_table(predictions, classes):
    columns = (Column(name, no_wrap=True) for name in ("path", "label", "score"))
    table = Table(*columns, *(Column(Text(name), no_wrap=True) for name in classes))
    for prediction in predictions:
        shares = (f"{prediction.probabilities[name]:.2f}" for name in classes)
        cells = (prediction.path, prediction.label, f"{prediction.score:.2f}", *shares)
        table.add_row(*map(Text, cells))  # a name in [brackets] is no markup
    if predictions:
        console = Console()
        # Nothing of a path may be cut off: wider than the window if need be.
        needed = console.measure(table, options=console.options.update(width=10_000))
        console.width = max(console.width, needed.maximum)
        console.print(table, crop=False, soft_wrap=True)
