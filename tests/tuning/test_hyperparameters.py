"""A search space as KerasTuner knows it, there and back."""

import keras_tuner
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satn_keras.config import ExperimentConfig
from satn_keras.tuning.hyperparameters import hyperparameters, point_of
from satn_keras.tuning.search_space import SearchSpace

KEYS = (
    "transfer.pairs",
    "transfer.power",
    "transfer.weight",
    "transfer.map",
    "student.dropout",
    "student_training.learning_rate",
    "student_training.augmentation",
)
SPACE = SearchSpace.of(ExperimentConfig(), KEYS)


@given(seed=st.integers(0, 10_000))
def test_a_drawn_point_survives_the_way_between_machines(seed):
    drawn = hyperparameters(SPACE)
    values = {}
    for number, each in enumerate(drawn.space):
        drawn.values = values
        if drawn.is_active(each):
            values[each.name] = each.random_sample(seed + number)
    drawn.values = values
    sent = keras_tuner.HyperParameters.from_proto(drawn.to_proto())
    point = point_of(SPACE, sent.values)
    assert point == point_of(SPACE, values)
    for dimension in SPACE.dimensions:
        if dimension.key in point:
            assert point[dimension.key] in dimension.values
    assert SPACE.apply(point).transfer.weight == point["transfer.weight"]


@pytest.mark.parametrize(
    ("weight", "kind", "active"),
    [
        (0, "activation", set()),
        (0, "attention", set()),
        (3, "attention", {"transfer.map", "transfer.power"}),
        (3, "activation", {"transfer.map", "transfer.power", "transfer.pairs"}),
    ],
)
def test_keys_without_effect_are_not_active(weight, kind, active):
    found = hyperparameters(SPACE)
    found.values = {"transfer.weight": weight, "transfer.map": kind}
    if weight == 0:
        del found.values["transfer.map"]
    names = {each.name for each in found.space if found.is_active(each)}
    of_transfer = {name for name in names if name.startswith("transfer.")}
    assert of_transfer == {"transfer.weight", *active}
    assert {"student.dropout", "student_training.learning_rate"} <= names


def test_fixed_keys_are_not_searched():
    space = SearchSpace.of(ExperimentConfig(), ["transfer.weight=0,1"])
    assert [each.name for each in hyperparameters(space).space] == ["transfer.weight"]
    space = SearchSpace.of(
        ExperimentConfig(), ["transfer.weight=1", "transfer.map", "student.filters=8"]
    )
    assert [each.name for each in hyperparameters(space).space] == ["transfer.map"]
