"""Entry point: the commands, and one clear line for every mistake."""

import logging
import os

import typer

from satn_keras import __version__
from satn_keras.cli.compare import compare
from satn_keras.cli.convert import convert
from satn_keras.cli.corpora import corpora
from satn_keras.cli.cross_validate import cross_validate
from satn_keras.cli.demo import demo
from satn_keras.cli.evaluate import evaluate
from satn_keras.cli.export import export
from satn_keras.cli.listen import listen
from satn_keras.cli.mistakes import in_one_line
from satn_keras.cli.predict import predict
from satn_keras.cli.prepare import prepare
from satn_keras.cli.quickstart import quickstart
from satn_keras.cli.report import report
from satn_keras.cli.reproduce import reproduce
from satn_keras.cli.serve import serve
from satn_keras.cli.train import train
from satn_keras.cli.tune import tune
from satn_keras.cli.validate import validate

app = typer.Typer(
    name="satn",
    help="Speech emotion recognition by self-attention transfer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
COMMANDS = (
    quickstart,
    corpora,
    prepare,
    convert,
    validate,
    train,
    evaluate,
    cross_validate,
    compare,
    report,
    reproduce,
    tune,
    export,
    predict,
    demo,
    listen,
    serve,
)
for command in COMMANDS:
    app.command()(in_one_line(command))


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"satn_keras {__version__}")
        raise typer.Exit()


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print it."
    ),
) -> None:
    """Speech emotion recognition by self-attention transfer."""


def run() -> None:
    """Run the command line; a mistake of the user ends with one line and code 2."""
    # TensorFlow tells of CPU features and retracing; a user wants neither.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    app()


if __name__ == "__main__":
    run()
