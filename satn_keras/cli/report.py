"""`satn report`: the reports of a run, written anew from its files."""

import pathlib

import typer

from satn_keras.cli.quiet import load_tensorflow


def report(
    run: pathlib.Path = typer.Argument(
        help="Folder of a run, a cross-validation or a reproduction."
    ),
) -> None:
    """Write report.md and report.html of a finished run again."""
    load_tensorflow()
    from satn_keras.experiments.rewriting import rewrite_reports

    for path in rewrite_reports(run):
        typer.echo(path)
