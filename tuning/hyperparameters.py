"""A search space as KerasTuner knows it, and a trial's values as a recipe has them.

Numbers go as their place among the values: KerasTuner sends floats between machines
with seven digits, and a place comes back as it went.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from satn_keras.tuning.dimensions import Dimension
from satn_keras.tuning.known_keys import PAIRS
from satn_keras.tuning.search_space import SearchSpace

if TYPE_CHECKING:
    import keras_tuner

WEIGHT, MAP = "transfer.weight", "transfer.map"


def hyperparameters(space: SearchSpace) -> keras_tuner.HyperParameters:
    """The searched dimensions; those without effect in a point are not in it.

    Without transfer (weight 0) no other key of `transfer` has an effect, and the
    names of layer pairs are of activations.
    """
    import keras_tuner

    found = keras_tuner.HyperParameters()
    for dimension in sorted(space.searched, key=_first):
        with contextlib.ExitStack() as scopes:
            for parent, values in _conditions(space, dimension.key):
                scopes.enter_context(found.conditional_scope(parent, values))
            if dimension.is_ordered:
                found.Int(dimension.key, 0, len(dimension.values) - 1)
            else:
                found.Choice(dimension.key, list(dimension.labels))
    return found


def point_of(space: SearchSpace, values: Mapping[str, Any]) -> dict[str, Any]:
    """Key to value of a trial, from what KerasTuner calls its values."""
    point = {}
    for dimension in space.searched:
        if dimension.key in values:
            place = values[dimension.key]
            if not dimension.is_ordered:
                place = dimension.labels.index(place)
            point[dimension.key] = dimension.values[int(place)]
    return point


def _first(dimension: Dimension) -> int:
    """Rank of a dimension; those that others depend on come first."""
    order = (WEIGHT, MAP)
    return order.index(dimension.key) if dimension.key in order else len(order)


def _conditions(space: SearchSpace, key: str) -> list[tuple[str, list]]:
    searched = {each.key: each for each in space.searched}
    found = []
    if key.startswith("transfer.") and key != WEIGHT and WEIGHT in searched:
        weights = searched[WEIGHT].values
        found.append((WEIGHT, [place for place, each in enumerate(weights) if each]))
    if key == PAIRS and MAP in searched:
        found.append((MAP, ["activation"]))
    return found
