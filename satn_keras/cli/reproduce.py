"""`satn reproduce`: a published table, run again beside its printed figures."""

import pathlib

import typer

from satn_keras.cli.progress import progress_bar
from satn_keras.cli.quiet import load_tensorflow
from satn_keras.cli.strategy import STRATEGY, Strategy, chosen
from satn_keras.errors import ConfigError


def reproduce(
    table: str = typer.Argument(
        help="satn-table-2, deep-spectrum or baselines; see docs/systems.md."
    ),
    root: pathlib.Path = typer.Argument(
        None, help="Folder of the corpus, or the manifest."
    ),
    overrides: list[str] = typer.Argument(
        None, metavar="[KEY=VALUE]...", help="Settings that change every row's recipe."
    ),
    corpus: str = typer.Option(
        "iemocap", help="Reader of the corpus, or `manifest` for a manifest file."
    ),
    out: pathlib.Path = typer.Option(
        None, help="Folder of the whole; what is finished in it is not run again."
    ),
    recipe: str = typer.Option(
        None,
        help="Recipe of the package that the article's own systems begin from, such as "
        "satn; the table's when absent.",
    ),
    rows: list[str] = typer.Option(
        None, "--row", help="Key of a row to run; give it several times for several."
    ),
    folds: int = typer.Option(None, min=1, help="Run the first folds only, so many."),
    control_folds: int = typer.Option(
        None, min=0, help="The same for the controls; 0 leaves them out."
    ),
    fold_names: list[str] = typer.Option(
        None, "--fold", help="Name of a fold to run; give it several times for several."
    ),
    seeds: list[int] = typer.Option(
        None, "--seed", help="Seed of the trainings; give it several times for several."
    ),
    transcripts: pathlib.Path = typer.Option(
        None,
        help="Manifest of other speech for the teacher; else each fold's teacher "
        "learns from the corpus without the fold's test speakers.",
    ),
    teachers: list[str] = typer.Option(
        None,
        "--teacher",
        metavar="ENCODER=RUN",
        help="Run folder of a trained teacher, such as tcn=runs/teacher.",
    ),
    strategy: Strategy = STRATEGY,
    list_rows: bool = typer.Option(
        False, "--list", help="Print the keys of the rows and end."
    ),
) -> None:
    """Run all rows of a published table and print ours beside the printed figures."""
    load_tensorflow()
    from satn_keras.experiments.reproduction import TABLES, Reproduction

    if table not in TABLES:
        known = ", ".join(TABLES)
        raise ConfigError(f"TABLE {table}: there is none of this name. Known: {known}.")
    if list_rows:
        _list(TABLES[table], corpus)
        return
    if root is None or out is None:
        raise ConfigError("ROOT and --out: both are needed to run a table.")
    plan = Reproduction(
        TABLES[table],
        corpus,
        root,
        out,
        rows=tuple(rows or ()),
        num_folds=folds,
        num_control_folds=control_folds,
        fold_names=tuple(fold_names or ()),
        seeds=tuple(seeds or ()),
        transcripts=transcripts,
        teachers=dict(_teacher(each) for each in teachers or ()),
        changes=tuple(overrides or ()),
        recipe=recipe,
    )
    with chosen(strategy):
        _run(plan)


def _list(table, corpus):
    from satn_keras.experiments.reproduction import rows_of

    for row in rows_of(table, corpus):
        typer.echo(f"{row.key}\t{row.name}")


def _run(plan):
    from satn_keras.evaluation.report import markdown_table
    from satn_keras.experiments.reproduction import reproduce as run_table
    from satn_keras.experiments.reproduction.table_report import figures_table

    with progress_bar("features") as progress:
        path = run_table(plan, progress, typer.echo)
    typer.echo(markdown_table(figures_table(plan.table, plan.out)))
    typer.echo(f"{path}: differences, tests and controls")


def _teacher(text: str) -> tuple[str, str]:
    encoder, equals, path = text.partition("=")
    if encoder not in ("tcn", "blstm") or not path:
        raise ConfigError(
            f"--teacher {text}: must be tcn=RUN or blstm=RUN, RUN being the folder of "
            "a trained teacher."
        )
    return encoder, path
