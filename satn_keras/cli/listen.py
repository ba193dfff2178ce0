"""`satn listen`: posteriors of a recording or of live audio, as they come."""

import json
import pathlib
import sys

import typer

from satn_keras.cli.quiet import load_tensorflow
from satn_keras.errors import AudioError, ConfigError

STANDARD_INPUT = "-"
FULL_SCALE = 32768.0  # of 16-bit samples


def listen(
    source: str = typer.Argument(
        metavar="FILE|-",
        help="WAV, FLAC, OGG or MP3, any rate and channels; or - for raw 16-bit mono "
        "PCM at the model's rate, 16 kHz, from standard input.",
    ),
    model: pathlib.Path = typer.Option(
        None,
        help="Exported model: a NAME folder, one version of it, or the name of a model "
        "that comes with the package; satn-nemo when absent.",
    ),
    hop: float = typer.Option(0.5, help="Seconds of audio from one line to the next."),
    window: float = typer.Option(
        None,
        help="Hear the last so many seconds alone, anew each hop. When absent, a "
        "causal model hears frame by frame all that was, any other the last 4 s.",
    ),
    as_json: bool = typer.Option(
        False, "--json", help="One JSON object a line: seconds, label, score, …"
    ),
) -> None:
    """Print the emotion of audio so far, each hop; Ctrl-C ends."""
    for name, seconds in (("--hop", hop), ("--window", window)):
        if seconds is not None and not 0.01 <= seconds <= 3600:
            raise ConfigError(
                f"{name}: must be 0.01 to 3600 seconds. Received: {seconds}."
            )
    if source == STANDARD_INPUT and sys.stdin.isatty():
        raise AudioError(
            "standard input: `-` takes raw 16-bit samples and this is a terminal. Pipe "
            "a recorder into it, such as `arecord -f S16_LE -r 16000 -c 1`."
        )
    load_tensorflow()
    from satn_keras.experiments.presets import exported_model
    from satn_keras.export import StreamingRecognizer

    stream = StreamingRecognizer(exported_model(model), hop, window)
    pieces = _pieces(source, stream.sample_rate, round(hop * stream.sample_rate))
    say = _say_json if as_json else _say
    for number, (prediction, ended) in enumerate(_predictions(stream, pieces)):
        if not number and not as_json:
            typer.echo("  ".join([" " * 10, *stream.classes]))
        say(prediction, ended)
        sys.stdout.flush()


def _predictions(stream, pieces):
    """(prediction, whether it is the last) after each piece, and at the end."""
    heard = False
    try:
        for samples in pieces:
            heard = True
            prediction = stream.push(samples)
            if prediction is not None and len(prediction.times):
                yield prediction, False
    except KeyboardInterrupt:  # the way to end live audio, not a fault
        if not heard:
            return
    yield stream.finish(), True


def _pieces(source, sample_rate, hop):
    """Waveform of the file or of standard input, some samples at a time."""
    if source == STANDARD_INPUT:
        yield from _raw_pieces(sys.stdin.buffer, hop)
        return
    from satn_keras.pipelines import read_audio

    waveform = read_audio(source, sample_rate)
    for at in range(0, len(waveform), hop):
        yield waveform[at : at + hop]


def _raw_pieces(file, hop):
    import numpy as np

    first = True
    while data := file.read(2 * hop):
        if first and data[:4] == b"RIFF":
            raise AudioError(
                "standard input: this is a WAV file, and `-` takes raw 16-bit samples. "
                "Name the file instead of `-`."
            )
        if len(data) % 2:
            raise AudioError(
                "standard input: samples of 16 bits take two bytes each, and one byte "
                "is left over. Record as S16_LE."
            )
        first = False
        yield np.frombuffer(data, "<i2").astype("float32") / FULL_SCALE
    if first:
        raise AudioError(
            "standard input: no sample came. Check what is piped into the command."
        )


def _say_json(prediction, ended):
    line = {**prediction.to_dict(), "end": ended}
    typer.echo(json.dumps(line, ensure_ascii=False))


def _say(prediction, ended):
    shares = "  ".join(
        f"{share:.2f}".rjust(len(name))
        for name, share in prediction.probabilities.items()
    )
    end = "  end" if ended else ""
    typer.echo(f"{prediction.seconds:8.2f} s  {shares}  {prediction.label}{end}")
