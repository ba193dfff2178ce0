"""`satn compare`: runs on the same test utterances, with the tests of a paper."""

import json
import pathlib

import typer

from satn_keras.errors import ConfigError


def compare(
    runs: list[pathlib.Path] = typer.Argument(
        help="Run folders, or those of cross-validations; the first is the baseline."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON, not a table."),
) -> None:
    """Compare runs with the first: differences, intervals and p-values."""
    if len(runs) < 2:
        raise ConfigError("RUN...: at least two runs are compared. Give another one.")
    from satn_keras.evaluation.report import markdown_table
    from satn_keras.experiments.run_comparison import compare_runs, comparison_table

    comparisons = compare_runs(runs)
    for each in comparisons:
        if each.left_out:
            typer.echo(
                f"satn: note: {each.left_out} decisions of {each.path} or "
                f"{each.baseline} are not in the other and left out.",
                err=True,
            )
    if as_json:
        values = [
            {"run": str(each.path), "baseline": str(each.baseline)}
            | each.result.to_dict()
            for each in comparisons
        ]
        typer.echo(json.dumps(values, indent=2))
        return
    typer.echo(markdown_table(comparison_table(comparisons)))
