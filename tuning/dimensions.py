"""One key of a search: the values that it may take, in order."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence
from typing import Any

from satn_keras.errors import ConfigError

STEPS = 6  # of a range on a linear axis
STEPS_A_DECADE = 3  # of a range on a logarithmic axis
DIGITS = 3  # that the steps of a range keep
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\.\.({_NUMBER})((?::[^:]*)*)")


@dataclasses.dataclass(frozen=True)
class Dimension:
    """A key of the recipe and its values; one value fixes it.

    Args:
        key: dotted, such as "transfer.weight".
        values: different ones, as a recipe holds them; numbers rise.
    """

    key: str
    values: tuple[Any, ...]

    @property
    def is_ordered(self) -> bool:
        """Whether the values are numbers, so that neighbours are alike."""
        return all(map(_is_number, self.values))

    @property
    def labels(self) -> tuple[str, ...]:
        """The values as they are printed, each another."""
        return tuple(label_of(value) for value in self.values)


def make_dimension(key: str, items: Sequence[Any], integer: bool = False) -> Dimension:
    """Dimension of listed values and ranges.

    A range is "low..high", in even steps of a linear axis, or "low..high:log", in
    even steps of a logarithmic one; a number at the end says how many values there
    are. Without it a linear range has six, one of whole numbers all of them, and a
    logarithmic one three a decade. Both ends are values.

    Args:
        key: dotted key of the recipe.
        items: values and ranges.
        integer: whether the recipe's value is a whole number.

    Raises:
        ConfigError: if there is no value, or a range is none.

    Example:
        >>> make_dimension("transfer.weight", [0, "0.01..1:log:3"]).values
        (0, 0.01, 0.1, 1.0)
        >>> make_dimension("student.num_levels", ["2..4"], integer=True).values
        (2, 3, 4)
    """
    values: list[Any] = []
    for item in items:
        for value in _expanded(key, item, integer):
            if not any(_same(value, other) for other in values):
                values.append(value)
    if not values:
        raise ConfigError(
            f"search {key}: no value. List values, such as 0,0.1,1, or a range, such "
            "as 0.01..10:log."
        )
    if all(map(_is_number, values)):
        values.sort()
    return Dimension(key, tuple(values))


def label_of(value: Any) -> str:
    """A value as it is printed in tables and under axes.

    Example:
        >>> label_of(0.10), label_of([["level_1", "level_3"]])
        ('0.1', '[[level_1, level_3]]')
    """
    if _is_number(value):
        return f"{value:g}"
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {label_of(each)}" for key, each in value.items())
        return f"{{{inner}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(label_of, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _expanded(key: str, item: Any, integer: bool) -> list[Any]:
    if not isinstance(item, str) or ".." not in item:
        return [item]
    match = _RANGE.fullmatch(item.strip())
    if match is None:
        raise _no_range(key, item)
    low, high = float(match[1]), float(match[2])
    scale, count = _scale_and_count(key, item, match[3])
    if not low < high or (scale == "log" and low <= 0):
        raise ConfigError(
            f"search {key}: the range {item!r} must rise"
            + (" and begin above 0; list 0 beside it" if scale == "log" else "")
            + "."
        )
    count = count or _count(low, high, scale, integer)
    steps = [step / (count - 1) for step in range(count)]
    if scale == "log":
        values = [low * (high / low) ** step for step in steps]
    else:
        values = [low + (high - low) * step for step in steps]
    values = [low, *(float(f"{value:.{DIGITS}g}") for value in values[1:-1]), high]
    return [round(value) for value in values] if integer else values


def _scale_and_count(key: str, item: str, text: str) -> tuple[str, int | None]:
    scale, count = "linear", None
    for part in text.split(":")[1:]:
        if part == "log":
            scale = part
        elif part.isdecimal() and int(part) >= 2:
            count = int(part)
        else:
            raise _no_range(key, item)
    return scale, count


def _no_range(key: str, item: str) -> ConfigError:
    return ConfigError(
        f"search {key}: {item!r} is no range. Write low..high, low..high:log or "
        "low..high:log:7 for seven values."
    )


def _count(low: float, high: float, scale: str, integer: bool) -> int:
    if scale == "log":
        decades = math.log10(high / low)
        return max(2, round(STEPS_A_DECADE * decades) + 1)
    return round(high - low) + 1 if integer else STEPS


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and one == other
