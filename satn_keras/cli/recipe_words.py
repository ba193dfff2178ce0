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
    words = list(words or ())
    if words and "=" not in words[0]:
        return read_recipe(words[0], words[1:])
    return _of_package(DEFAULT, words)


def read_recipe(name: str, settings: Sequence[str]) -> ExperimentConfig:
    """Recipe in a file, or of the package by its name, with settings that change it.

    Raises:
        ConfigError: as `read_words`.
    """
    from satn_keras.config import ExperimentConfig

    if pathlib.Path(name).exists():
        return ExperimentConfig.from_yaml(name, settings)
    return _of_package(name, settings)


def _of_package(name, settings):
    from satn_keras.config import ExperimentConfig

    own = importlib.resources.files("satn_keras.experiments") / "recipes"
    with importlib.resources.as_file(own / f"{name}.yaml") as path:
        if pathlib.PurePath(name).name == name and path.exists():
            return ExperimentConfig.from_yaml(path, settings)
    return ExperimentConfig.from_yaml(name, settings)  # says that there is none
