"""`satn predict`: audio files to emotions, by an exported model."""

import json
import pathlib

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from satn_keras.cli.beam_words import RUNNER_HELP, SHARDS_HELP, split_at_options
from satn_keras.cli.mistakes import MISTAKE, tell
from satn_keras.cli.predict_many import BatchOptions, check_all_there, predict_many
from satn_keras.cli.progress import progress_bar
from satn_keras.cli.quiet import load_tensorflow
from satn_keras.errors import AudioError, ConfigError

RUNTIMES = ("tensorflow", "litert")
ENDINGS = (".wav", ".flac", ".ogg", ".mp3")


def predict(
    paths: list[str] = typer.Argument(
        None,
        metavar="[PATHS]... [-- BEAM OPTIONS]",
        help="Files and folders of WAV, FLAC, OGG and MP3, any rate and channels.",
    ),
    model: pathlib.Path = typer.Option(
        None,
        help="Exported model: a NAME folder, one version of it, or the name of a model "
        "that comes with the package; satn-nemo when absent.",
    ),
    as_json: bool = typer.Option(
        False, "--json", help="One JSON object a line: path, label, score, …"
    ),
    listed: pathlib.Path = typer.Option(
        None, "--list", help="Text file that names a sound file on each line."
    ),
    runtime: str = typer.Option(
        "tensorflow",
        help="tensorflow, or litert: a model of `satn export --format litert`, without "
        "TensorFlow.",
    ),
    enrol: list[pathlib.Path] = typer.Option(
        None,
        help="Files and folders of the one speaker of all PATHS, for a model that "
        "normalises by speaker. Several times for several.",
    ),
    out: pathlib.Path = typer.Option(
        None, help="Folder to fill with sharded JSON lines, by a Beam pipeline."
    ),
    runner: str = typer.Option(None, help=f"With --out: {RUNNER_HELP}"),
    shards: int = typer.Option(None, help=f"With --out: {SHARDS_HELP}"),
) -> None:
    """Print the emotion of each file; files that cannot be read end with code 2.

    With --out the emotions of any number of files go into a folder instead; the same
    command resumes.
    """
    _check_runtime(runtime, enrol, out)
    words, beam_options = split_at_options(paths or ())
    files, faults = find_audio([pathlib.Path(word) for word in words])
    if listed is not None:
        files += _listed(listed)
    if out is not None:
        check_all_there(files, faults)
        predict_many(files, BatchOptions(out, model, runner, shards, beam_options))
        return
    if runner is not None or shards is not None or beam_options:
        raise ConfigError(
            "--runner, --shards, options of Beam: belong to --out, which is absent. "
            "Add --out FOLDER."
        )
    if not faults:
        check_all_there(files, faults)
    if files:
        recognizer = _recognizer(runtime, model)
        enrolled = _enrolled(recognizer, enrol)
        predictions = _predictions(recognizer, files, faults, enrolled)
        if as_json:
            for prediction in predictions:
                typer.echo(json.dumps(prediction.to_dict(), ensure_ascii=False))
        else:
            _print_table(list(predictions), recognizer.classes)
    for fault in faults:
        tell(fault)
    if faults:
        raise typer.Exit(MISTAKE)


def _check_runtime(runtime, enrol, out):
    if runtime not in RUNTIMES:
        raise ConfigError(
            f"--runtime: must be one of {', '.join(RUNTIMES)}. Received: {runtime!r}."
        )
    if runtime != "tensorflow" and (enrol or out is not None):
        raise ConfigError(
            f"--enrol, --out: need --runtime tensorflow. Received: --runtime {runtime}."
        )
    if enrol and out is not None:
        raise ConfigError("--enrol: cannot be had with --out. Leave one of them out.")


def _recognizer(runtime, model):
    from satn_keras import export
    from satn_keras.experiments.presets import exported_model

    if runtime == "litert":
        return export.LiteRTRecognizer(exported_model(model))
    load_tensorflow()
    return export.Recognizer(exported_model(model))


def _enrolled(recognizer, paths):
    """Statistics of the speaker whom the files hold, by keyword; none without files."""
    if not paths:
        return {}
    from satn_keras.sound_file import read_audio

    files, faults = find_audio(paths)
    check_all_there(files, faults)
    sounds = [read_audio(path, recognizer.sample_rate) for path in files]
    return {"statistics": recognizer.enrol(sounds)}


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


def _listed(path):
    """Files that a text file names, one a line."""
    if not path.is_file():
        raise ConfigError(f"{path}: no such list of files. Check the path.")
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        names = (line.rstrip("\r\n") for line in lines)
        return [pathlib.Path(name) for name in names if name.strip()]


def _predictions(recognizer, files, faults, enrolled):
    """Predictions of the readable files; the others' faults are put into `faults`."""
    from satn_keras.sound_file import read_audio  # NumPy is most of `satn --help`

    def waveforms():
        with progress_bar("listening") as progress:
            for done, path in enumerate(files):
                progress(done, len(files))
                try:
                    yield path, read_audio(path, recognizer.sample_rate)
                except AudioError as error:
                    faults.append(error)

    return recognizer.predict_named(waveforms(), **enrolled)


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
