"""`satn quickstart`: the whole road on synthetic speech, in a few minutes."""

import pathlib

import typer

from satn_keras.cli.progress import progress_bar
from satn_keras.cli.strategy import STRATEGY, Strategy, chosen


def quickstart(
    out: pathlib.Path = typer.Option(
        pathlib.Path("quickstart"), help="Folder of everything it makes."
    ),
    seed: int = typer.Option(1, help="Of corpus, split and training."),
    strategy: Strategy = STRATEGY,
    overrides: list[str] = typer.Argument(
        None, metavar="[KEY=VALUE]...", help="Settings that change the recipe's."
    ),
) -> None:
    """Make a corpus, train teacher and students, judge, export and predict."""
    with chosen(strategy), progress_bar("utterances") as progress:
        from satn_keras.demo.quickstart import quickstart as run_quickstart

        metrics = run_quickstart(
            out, seed=seed, say=typer.echo, progress=progress, overrides=overrides or ()
        )
    typer.echo(
        f"UA on unseen voices: {metrics['student']['ua']:.3f} without transfer, "
        f"{metrics['student_transfer']['ua']:.3f} with it. "
        f"{metrics['seconds']:.0f} s. Read {out / 'report.md'}"
    )
