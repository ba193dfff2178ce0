"""`satn evaluate`: a trained student's or teacher's scores on a manifest."""

import json
import pathlib

import typer

from satn_keras.cli.quiet import load_tensorflow
from satn_keras.errors import ConfigError


def evaluate(
    run: pathlib.Path = typer.Argument(
        help="Run folder of a student or a teacher, or a name such as satn-nemo."
    ),
    manifest: pathlib.Path = typer.Option(
        None, help="Utterances to score; the run's own test part when absent."
    ),
    out: pathlib.Path = typer.Option(
        None, help="Folder for metrics.json and what was said; none when absent."
    ),
    enrolment: int = typer.Option(
        None,
        min=0,
        help="Utterances by which each speaker is known, without labels and not "
        "scored, where features are normalised by speaker; the run's own number when "
        "absent, 0 for all audio.",
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON, not a table."),
) -> None:
    """Score a trained student or teacher on speakers it has never heard."""
    load_tensorflow()
    from satn_keras.experiments.run_directory import RunDirectory

    run = RunDirectory.open(run).path
    if (run / "teacher.keras").exists():
        if enrolment is not None:
            raise ConfigError(
                "--enrolment: a teacher is heard by all of a speaker's audio. Leave "
                "the option out."
            )
        _evaluate_teacher(run, manifest, out, as_json)
        return
    from satn_keras.experiments.reevaluation import evaluate_run

    scores, interval, notes = evaluate_run(run, manifest, out, enrolment)
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


def _evaluate_teacher(run, manifest, out, as_json):
    from satn_keras.experiments.reevaluation import evaluate_teacher_run

    rates, missing = evaluate_teacher_run(run, manifest, out)
    values = {name: each.to_dict() for name, each in rates.items()}
    if missing:
        words = ", ".join(
            f"{word} ({count})" for word, count in missing.most_common(10)
        )
        typer.echo(f"satn: note: words outside the lexicon: {words}", err=True)
    if as_json:
        typer.echo(json.dumps(values, indent=2))
        return
    import pandas as pd

    from satn_keras.evaluation.report import markdown_table

    table = pd.DataFrame.from_dict(values, orient="index").rename_axis("search")
    typer.echo(markdown_table(table))
