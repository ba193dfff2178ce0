"""A recipe and its changes, as the command line gives them."""

from __future__ import annotations

import importlib.resources
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from satn_keras.config import ExperimentConfig

DEFAULT = "satn"
WORDS = typer.Argument(
    None,
    metavar="[RECIPE] [KEY=VALUE]...",
    help="YAML file or name of a recipe of the package, satn when absent (see "
    "docs/recipes.md), and settings that change it.",
)


def read_words(words: Sequence[str] | None) -> ExperimentConfig:
    """Recipe that the words name, with the changes that they ask for.

    The first word names it if it has no "=": a file, or a recipe of the package
    without its ending.

    Raises:
        ConfigError: if there is no such recipe, a key is unknown or a value breaks
            its rule.
    """
    from satn_keras.config import ExperimentConfig

    words = list(words or ())
    named = bool(words) and "=" not in words[0]
    name = words.pop(0) if named else DEFAULT
    own = importlib.resources.files("satn_keras.experiments") / "recipes"
    if named and pathlib.Path(name).exists():
        return ExperimentConfig.from_yaml(name, words)
    with importlib.resources.as_file(own / f"{name}.yaml") as path:
        if pathlib.PurePath(name).name == name and path.exists():
            return ExperimentConfig.from_yaml(path, words)
    return ExperimentConfig.from_yaml(name, words)  # says that there is none
