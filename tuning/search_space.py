"""The settings that a search tries: read, checked against a recipe, put into it."""

from __future__ import annotations

import dataclasses
import difflib
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError
from satn_keras.recipe_file import first_fault, read_recipe
from satn_keras.tuning.dimensions import Dimension, label_of, make_dimension
from satn_keras.tuning.known_keys import (
    DEFAULTS,
    PAIRS,
    SECTIONS,
    WITHOUT_EPOCHS,
    first_key,
    meant_by,
)

Point = Mapping[str, Any]  # key -> value of its dimension


@dataclasses.dataclass(frozen=True)
class SearchSpace:
    """Dimensions of a search over one recipe.

    Args:
        config: the recipe; what no dimension names stays as it is there.
        dimensions: each of another key, every value of which fits the recipe.

    Example:
        >>> space = SearchSpace.of(ExperimentConfig(), ["transfer.weight=0,0.1,1"])
        >>> space.dimensions[0].values
        (0, 0.1, 1)
        >>> space.apply({"transfer.weight": 0.1}).transfer.weight
        0.1
    """

    config: ExperimentConfig
    dimensions: tuple[Dimension, ...]

    @classmethod
    def of(
        cls,
        config: ExperimentConfig,
        words: Sequence[str] = (),
        path: pathlib.Path | None = None,
    ) -> SearchSpace:
        """Space of a recipe, from a file and from the command line.

        Args:
            config: the recipe.
            words: "key=value,low..high:log" tries these values, "key=value" fixes
                the key, and "key" alone tries its default values. They come before
                the file's.
            path: YAML of keys as a recipe has them, each with a value, a range or a
                list of both. A key without a value takes its defaults.

        Raises:
            ConfigError: if a key is none that can be searched, or a value breaks the
                recipe's rules. The message names key, value and rule.
        """
        wishes: dict[str, list[Any] | None] = {}
        if path is not None:
            wishes |= _flat(read_recipe(pathlib.Path(path)))
        for word in words:
            wishes |= _from_word(word)
        if not wishes:
            wishes = {first_key(config): None}
        return cls(
            config, tuple(_dimension(config, key, wishes[key]) for key in wishes)
        )

    @property
    def searched(self) -> tuple[Dimension, ...]:
        """The dimensions of more than one value."""
        return tuple(each for each in self.dimensions if len(each.values) > 1)

    @property
    def needs_teacher(self) -> bool:
        """Whether a point may ask for a teacher."""
        if self.config.transfer.initialization == "teacher":
            return True
        weights = self.values("transfer.weight") or (self.config.transfer.weight,)
        initial = self.values("transfer.initialization")
        return any(weight > 0 for weight in weights) or "teacher" in initial

    def values(self, key: str) -> tuple[Any, ...]:
        """Values of a key; none where the space does not name it."""
        return next((one.values for one in self.dimensions if one.key == key), ())

    def apply(self, point: Point) -> ExperimentConfig:
        """The recipe with the values of `point`; fixed keys need not be in it.

        Raises:
            ConfigError: if the values do not go together.
        """
        fixed = {
            one.key: one.values[0] for one in self.dimensions if len(one.values) == 1
        }
        chosen = {**fixed, **point}
        config = _set_all(
            self.config, {key: chosen[key] for key in chosen if key != PAIRS}
        )
        if PAIRS in chosen:  # by name, and so after the number of levels
            config = _set_all(config, {PAIRS: chosen[PAIRS]})
        return config

    def to_dict(self) -> dict[str, list[str]]:
        """Labels of each key's values, for JSON."""
        return {each.key: list(each.labels) for each in self.dimensions}


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, list[Any] | None]:
    wishes = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            wishes |= _flat(value, f"{prefix}{key}.")
        elif value is None:
            wishes[f"{prefix}{key}"] = None
        else:
            wishes[f"{prefix}{key}"] = value if isinstance(value, list) else [value]
    return wishes


def _from_word(word: str) -> dict[str, list[Any] | None]:
    key, equals, text = word.partition("=")
    if not equals:
        return {key.strip(): None}
    try:
        items = yaml.safe_load(f"[{text}]")
    except yaml.YAMLError as error:
        raise ConfigError(
            f"--search {word!r}: not a list of values. Write key=value,value or "
            "key=low..high:log."
        ) from error
    return {key.strip(): items}


def _dimension(
    config: ExperimentConfig, key: str, items: list[Any] | None
) -> Dimension:
    current = _current(config, key)
    if items is None:
        if key not in DEFAULTS:
            raise ConfigError(
                f"search {key}: say which values to try, such as {key}=1,2. Keys with "
                f"values of their own: {', '.join(_fitting(config))}."
            )
        items = list(DEFAULTS[key])
    integer = isinstance(current, int) and not isinstance(current, bool)
    dimension = make_dimension(key, items, integer)
    for value in dimension.values:
        _set_all(config, {key: value})
    return dimension


def _current(config: ExperimentConfig, key: str) -> Any:
    """Value of a key in the recipe, if it is one that a search may change."""
    section, *rest = key.split(".")
    if section not in SECTIONS:
        close = difflib.get_close_matches(key, _fitting(config), n=1)
        raise ConfigError(
            f"search {key!r}: a search changes keys of {', '.join(SECTIONS)}, and "
            "nothing that decides whom it hears. "
            + (f"Did you mean {close[0]!r}?" if close else "Seeds: --seed.")
        )
    if not _is_read(config, section):
        raise ConfigError(
            f"search {key!r}: system {config.system.name} reads nothing of "
            f"`{section}`. Search {', '.join(_fitting(config))}, or another key of "
            "`system`."
        )
    value: Any = config
    for number, part in enumerate([section, *rest]):
        if not isinstance(value, BaseModel) or part not in type(value).model_fields:
            known = list(type(value).model_fields) if number else list(SECTIONS)
            close = difflib.get_close_matches(part, known, n=1)
            listed = ", ".join(known)
            hint = f"Did you mean {close[0]!r}?" if close else f"Known: {listed}."
            raise ConfigError(f"search {key!r}: unknown key {part!r}. {hint}")
        value = getattr(value, part)
    if not rest or key == "system.name":
        raise ConfigError(
            f"search {key!r}: name a key of the section, such as "
            f"{', '.join(_fitting(config)[:2])}."
        )
    return value


def _is_read(config: ExperimentConfig, section: str) -> bool:
    """Whether the recipe's system reads a section."""
    name = config.system.name
    if section in ("transfer", "student"):
        return name == "satn"
    return section != "student_training" or name not in WITHOUT_EPOCHS


def _fitting(config: ExperimentConfig) -> list[str]:
    """Keys with default values that the recipe's system reads."""
    found = []
    for key in DEFAULTS:
        section, leaf = key.split(".")
        known = type(getattr(config, section)).model_fields
        if _is_read(config, section) and leaf in known:
            found.append(key)
    return found


def _set_all(config: ExperimentConfig, point: Point) -> ExperimentConfig:
    values = config.model_dump()
    for key, value in point.items():
        *parents, leaf = key.split(".")
        inner = values
        for part in parents:
            inner = inner[part]
        inner[leaf] = meant_by(key, value, config)
    try:
        return ExperimentConfig.model_validate(values)
    except ValidationError as error:
        told = ", ".join(f"{key}={label_of(value)}" for key, value in point.items())
        raise ConfigError(
            f"search {told}: {first_fault(ExperimentConfig, error)}"
        ) from error
