"""`satn evaluate`: a trained student's scores on a manifest."""

import json
import pathlib

import typer

from satn_keras.cli.quiet import load_tensorflow


def evaluate(
    run: pathlib.Path = typer.Argument(help="Run folder of a student."),
    manifest: pathlib.Path = typer.Option(
        None, help="Labelled utterances; the run's own test part when absent."
    ),
    out: pathlib.Path = typer.Option(
        None, help="Folder for predictions.csv and metrics.json; none when absent."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON, not a table."),
) -> None:
    """Score a trained student on speakers it has never heard."""
    load_tensorflow()
    from satn_keras.experiments.reevaluation import evaluate_run

    scores, interval, notes = evaluate_run(run, manifest, out)
    for note in notes:
        typer.echo(f"satn: note: {note}", err=True)
    if as_json:
        values = {**scores.to_dict(), "ua_interval": interval.to_dict()}
        typer.echo(json.dumps(values, indent=2))
        return
    from satn_keras.evaluation import recall_table, score_table
    from satn_keras.evaluation.report import markdown_table

    typer.echo(markdown_table(score_table({"test": scores}, interval)))
    typer.echo()
    typer.echo(markdown_table(recall_table(scores)))
