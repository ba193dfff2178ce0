"""`satn quickstart`: the whole road on synthetic speech, in a few minutes."""

import pathlib

import typer

from satn_keras.cli.progress import progress_bar
from satn_keras.cli.quiet import load_tensorflow


def quickstart(
    out: pathlib.Path = typer.Option(
        pathlib.Path("quickstart"), help="Folder of everything it makes."
    ),
    seed: int = typer.Option(1, help="Of corpus, split and training."),
    overrides: list[str] = typer.Argument(
        None, metavar="[KEY=VALUE]...", help="Settings that change the recipe's."
    ),
) -> None:
    """Make a corpus, train teacher and students, judge, export and predict."""
    load_tensorflow()
    from satn_keras.demo.quickstart import quickstart as run_quickstart

    with progress_bar("utterances") as progress:
        metrics = run_quickstart(
            out, seed=seed, say=typer.echo, progress=progress, overrides=overrides or ()
        )
    typer.echo(
        f"UA on unseen voices: {metrics['student']['ua']:.3f} without transfer, "
        f"{metrics['student_transfer']['ua']:.3f} with it. "
        f"{metrics['seconds']:.0f} s. Read {out / 'report.md'}"
    )
