"""A recipe's text: reading it, overriding values, wording its first fault."""

from __future__ import annotations

import difflib
import inspect
import pathlib
import typing
from collections.abc import Sequence
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from satn_keras.errors import ConfigError

# What pydantic says of Python types, said of YAML.
_RULES = {
    "tuple_type": "Input should be a list",
    "model_type": "Input should map keys to values",
}


def read_recipe(path: pathlib.Path) -> dict[str, Any]:
    """Values of the YAML file at `path`; none where the file is empty."""
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: no such recipe. Check the path, or start from one in "
            "satn_keras/experiments/recipes."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: a recipe must be a readable text file ({error})."
        ) from error
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise ConfigError(f"{path}: not valid YAML ({where}).") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(
            f"{path}: a recipe must map keys to values. "
            f"Received: {type(values).__name__}."
        )
    return values


def apply_override(values: dict[str, Any], override: str) -> None:
    """`values`, changed in place by "key.sub_key=value"."""
    key, equals, text = override.partition("=")
    *parents, leaf = [part.strip() for part in key.split(".")]
    if not equals or not all([*parents, leaf]):
        raise ConfigError(
            f"{override!r}: an override must have the form key=value, "
            "for example transfer.weight=0.1."
        )
    for parent in parents:
        if not isinstance(values.get(parent), dict):
            values[parent] = {}
        values = values[parent]
    try:
        values[leaf] = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ConfigError(
            f"{override!r}: the value is not valid YAML. Quote it."
        ) from error


def first_fault(model: type[BaseModel], error: ValidationError) -> str:
    """One line on the first thing that `model` refuses: key, rule, value."""
    fault, *others = error.errors(include_url=False)
    key, known = _place(model, fault["loc"])
    if fault["type"] == "extra_forbidden":
        close = difflib.get_close_matches(key.rpartition(".")[2], known, n=1)
        remedy = (
            f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known)}."
        )
        return f"unknown key {key!r}. {remedy}"
    # A value of several allowed types breaks a rule of each.
    alternatives = [other for other in others if _place(model, other["loc"])[0] == key]
    rule = "; or ".join(_rule(part) for part in [fault, *alternatives])
    whole_section = fault["type"] == "value_error"  # the rule names its keys
    shown = "" if whole_section else f" Received: {fault['input']!r}."
    place = f"key {key!r}: " if key else ""  # none where sections do not fit
    return f"{place}{rule}.{shown}"


def _rule(fault: Any) -> str:
    message = fault["msg"].removeprefix("Value error, ").rstrip(".")
    return _RULES.get(fault["type"], message)


def _place(
    model: type[BaseModel] | None, location: Sequence[str | int]
) -> tuple[str, list[str]]:
    """Dotted key of a fault, and the keys known where it lies."""
    parts, known, tagged = [], [], {}
    for part in location:
        if model is not None:
            known = list(model.model_fields)
            field = model.model_fields.get(part) if isinstance(part, str) else None
            inner = field.annotation if field is not None else None
            is_section = inspect.isclass(inner) and issubclass(inner, BaseModel)
            model = inner if is_section else None
            tagged = _by_tag(field)
        elif part in tagged:  # pydantic's name for the section that `name` chose
            model = tagged[part]
            continue
        elif isinstance(part, str):
            continue  # pydantic's name for one of several allowed types
        parts.append(str(part))
    return ".".join(parts), known


def _by_tag(field: FieldInfo | None) -> dict[str, type[BaseModel]]:
    """Sections of a field that holds one of several, by what tells them apart."""
    if field is None or not field.discriminator:
        return {}
    return {
        tag: section
        for section in typing.get_args(field.annotation)
        for tag in typing.get_args(section.model_fields[field.discriminator].annotation)
    }


class _Loader(yaml.SafeLoader):
    """YAML that refuses a key given twice, of which the last would win."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"key {key.value!r} stands twice", key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep)
