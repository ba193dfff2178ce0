"""`satn tune`: settings of a recipe, searched on its development speakers."""

import enum
import pathlib

import typer

from satn_keras.cli.progress import progress_bar
from satn_keras.cli.recipe_words import WORDS, read_words
from satn_keras.cli.strategy import STRATEGY, Strategy, chosen


class Algorithm(str, enum.Enum):
    """How the next setting is chosen."""

    random = "random"
    bayesian = "bayesian"
    hyperband = "hyperband"


class Choice(str, enum.Enum):
    """Who chooses the epoch of an inner fold."""

    apart = "apart"
    same = "same"
    last = "last"


def tune(
    words: list[str] = WORDS,
    out: pathlib.Path = typer.Option(
        ..., help="Folder of the search; resumed if interrupted."
    ),
    trials: int = typer.Option(20, help="How many settings are tried."),
    searched: list[str] = typer.Option(
        None,
        "--search",
        metavar="KEY[=VALUES]",
        help="Key to search, such as transfer.weight=0,0.01..10:log; give it several "
        "times for several. docs/tuning.md lists the keys.",
    ),
    space: pathlib.Path = typer.Option(None, help="YAML file of keys and values."),
    algorithm: Algorithm = typer.Option(
        Algorithm.random, help="`hyperband` shares out epochs."
    ),
    teacher: pathlib.Path = typer.Option(
        None, help="Run folder of the teacher whose attention the student copies."
    ),
    fold: str = typer.Option(
        None, help="Fold of the protocol whose test speakers stay unheard."
    ),
    inner_folds: int = typer.Option(
        None, help="Groups of development speakers; every speaker alone when absent."
    ),
    choice: Choice = typer.Option(
        None,
        help="Who chooses the epoch: a speaker apart from the scoring ones, the same, "
        "or nobody, where the recipe keeps the last; that is the default there.",
    ),
    seeds: list[int] = typer.Option(
        None, "--seed", help="Seed of the trainings; give it several times for several."
    ),
    prune: bool = typer.Option(
        True, help="Stop a trial that is clearly behind the best between folds."
    ),
    prune_margin: float = typer.Option(0.1, help="How far behind, in UA."),
    prune_after: int = typer.Option(2, help="After how many folds at least."),
    max_failures: int = typer.Option(
        2, help="Trials that may fail before the search does."
    ),
    chief: str = typer.Option(
        None, metavar="HOST:PORT", help="Where the chief of several machines listens."
    ),
    worker: str = typer.Option(
        None, metavar="NAME", help="Be a worker of --chief; without it, be the chief."
    ),
    strategy: Strategy = STRATEGY,
) -> None:
    """Search settings by cross-validation over speakers that are not tested."""
    from satn_keras.tuning.plan import SearchPlan
    from satn_keras.tuning.pruning import Pruning
    from satn_keras.tuning.roles import make_role
    from satn_keras.tuning.search_space import SearchSpace

    config = read_words(words)
    plan = SearchPlan(
        SearchSpace.of(config, searched or (), space),
        out,
        trials,
        algorithm.value,
        fold,
        inner_folds,
        choice.value if choice else _choice_of(config),
        seeds or (),
        teacher,
        Pruning(prune_margin, prune_after) if prune else None,
        max_failures,
    )
    role = make_role(chief, worker)
    with chosen(strategy), progress_bar("features") as progress:
        from satn_keras.tuning.search import run_search

        best = run_search(plan, role, progress, typer.echo)
    if best is not None:
        values = ", ".join(f"{key}={label}" for key, label in best.values.items())
        typer.echo(
            f"{out}: best development ua {best.ua:.3f} with {values}; the recipe is "
            f"{out / 'best.yaml'}, see {out / 'report.md'}"
        )


def _choice_of(config):
    last = config.student_training.selection == "last"
    return (Choice.last if last else Choice.apart).value
