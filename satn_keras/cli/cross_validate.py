"""`satn cross-validate`: a recipe over every fold of its protocol."""

import pathlib

import typer

from satn_keras.cli.progress import progress_bar
from satn_keras.cli.recipe_words import WORDS, read_words
from satn_keras.cli.strategy import STRATEGY, Strategy, chosen
from satn_keras.errors import ConfigError


def cross_validate(
    words: list[str] = WORDS,
    out: pathlib.Path = typer.Option(
        ..., help="Folder of the whole; finished folds in it are not run again."
    ),
    teacher: pathlib.Path = typer.Option(
        None, help="Run folder of one teacher for all folds; else one is trained each."
    ),
    seeds: list[int] = typer.Option(
        None, "--seed", help="Seed of the trainings; give it several times for several."
    ),
    folds: list[str] = typer.Option(
        None, "--fold", help="Name of a fold to run; give it several times for several."
    ),
    weights: list[float] = typer.Option(
        None,
        "--weight",
        help="Transfer weight to try; each fold's is chosen on its validation part.",
    ),
    train: list[str] = typer.Option(
        None,
        "--train",
        help="Manifest, or dataset of the recipe's manifest, to learn from; give it "
        "several times for several. With --test: whole corpora train, others are "
        "tested, each reported apart.",
    ),
    test: list[str] = typer.Option(
        None, "--test", help="The same, to test. Classes are common-4 when absent."
    ),
    strategy: Strategy = STRATEGY,
) -> None:
    """Train, select and judge each fold, then pool what was judged."""
    config = read_words(words)
    if train or test:
        config = _crossed(config, out, train or (), test or ())
    if weights and config.system.name != "satn":
        raise ConfigError(
            f"--weight: system {config.system.name} copies no teacher. Leave it out."
        )
    with chosen(strategy), progress_bar("features") as progress:
        metrics = _run(config, out, teacher, seeds, folds, weights, progress)
    for name, each in metrics.get("datasets", {}).items():
        typer.echo(
            f"{name}: test ua {each['mean']['ua']:.3f}, wa {each['mean']['wa']:.3f} "
            f"({each['num_utterances']} decisions, chance {each['chance']:.3f})"
        )
    mean = metrics["test_mean"]["ua"]
    spread = "" if mean["deviation"] is None else f" ± {mean['deviation']:.3f}"
    typer.echo(
        f"{out}: mean test ua {mean['mean']:.3f}{spread} over "
        f"{len(metrics['folds'])} folds; see {out / 'report.md'}"
    )


def _crossed(config, out, train, test):
    from satn_keras.experiments.crossing import crossing

    return crossing(config, out, train, test)


def _run(config, out, teacher, seeds, folds, weights, progress):
    from satn_keras.experiments.cross_validation import CrossValidation
    from satn_keras.experiments.cross_validation import cross_validate as run_folds
    from satn_keras.experiments.weight_choice import choose_weights

    plan = CrossValidation(
        config, out, seeds or (), folds or None, teacher, teachers_path=None
    )
    if weights:
        return choose_weights(plan, weights, progress, typer.echo)
    return run_folds(plan, progress, typer.echo)
