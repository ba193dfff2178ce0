"""Public names of a package that load when they are first used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping


def lazy_names(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """What a package takes as its `__getattr__`, `__dir__` and `__all__` (PEP 562).

    Args:
        package: its `__name__`.
        homes: module of each name, within the package.

    Example:
        >>> load, _, names = lazy_names("satn_keras", {"score": "evaluation"})
        >>> names, load("score").__module__
        (['score'], 'satn_keras.evaluation.scores')
    """

    def load(name):
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)  # not asked for again
        return value

    def names():
        return sorted({*vars(sys.modules[package]), *homes})

    return load, names, sorted(homes)
