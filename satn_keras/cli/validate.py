"""`satn validate`: a manifest to an audit of every file in it."""

import json
import pathlib

import typer

from satn_keras.cli.progress import progress_bar


def validate(
    manifest: pathlib.Path = typer.Argument(help="Manifest that `satn prepare` wrote."),
    classes: str = typer.Option(
        None, help="Allowed labels, separated by commas; any when absent."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON, not Markdown."),
) -> None:
    """Read every file of a manifest and report what is wrong; exit code 1 on errors."""
    from satn_keras.corpora import Manifest
    from satn_keras.corpora import validate as audit

    utterances = Manifest.read(manifest)
    allowed = [name.strip() for name in (classes or "").split(",") if name.strip()]
    with progress_bar("reading") as progress:
        found = audit(utterances, classes=allowed or None, progress=progress)
    typer.echo(
        json.dumps(found.to_dict(), indent=2) if as_json else found.to_markdown()
    )
    if not found.passed:
        raise typer.Exit(1)
