"""What a search tries of each key where nothing else is said, system by system."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

from satn_keras.config import ExperimentConfig

SECTIONS = ("transfer", "student", "student_training", "system")
# Systems that gradient descent does not train, epoch by epoch.
WITHOUT_EPOCHS = ("gmm_hmm", "functionals_svm")

# Values and ranges of a key that is named without any.
DEFAULTS: Mapping[str, tuple[Any, ...]] = types.MappingProxyType(
    {
        "transfer.weight": (0.0, "0.01..10:log"),
        "transfer.map": ("activation", "attention"),
        "transfer.power": (1.0, 2.0, 4.0),
        "transfer.pairs": ("all", "levels", "last", "context"),
        "student_training.learning_rate": ("0.0001..0.01:log",),
        "student_training.augmentation": ("none", "speeds", "masks", "both"),
        "student.filters": (64, 128, 256),
        "student.num_levels": ("2..5",),
        "student.dropout": ("0..0.5",),
        "system.dropout": ("0..0.5",),
        "system.lstm_units": (64, 128, 256),
        "system.units": (64, 128, 256),
        "system.num_layers": ("1..4",),
        "system.c": ("0.001..100:log",),
        "system.kernel": ("linear", "rbf"),
        "system.num_states": (3, 5, 7),
        "system.num_mixtures": (2, 4, 8, 16),
    }
)
# The key that is searched where none is named.
FIRST_KEYS = types.MappingProxyType(
    {
        "satn": "transfer.weight",
        "functionals_svm": "system.c",
        "gmm_hmm": "system.num_mixtures",
    }
)
_SPEEDS = {"speeds": [0.9, 1.1]}
_MASKS = {"frequency_masks": 2, "time_masks": 2}
# Values of keys by a name that is shorter than what it stands for.
NAMED: Mapping[str, Mapping[str, Any]] = types.MappingProxyType(
    {
        "student_training.augmentation": {
            "none": {},
            "speeds": _SPEEDS,
            "masks": _MASKS,
            "both": {**_SPEEDS, **_MASKS},
        },
    }
)
PAIRS = "transfer.pairs"
PAIR_NAMES = DEFAULTS[PAIRS]


def first_key(config: ExperimentConfig) -> str:
    """The key to search where none is named."""
    return FIRST_KEYS.get(config.system.name, "student_training.learning_rate")


def meant_by(key: str, value: Any, config: ExperimentConfig) -> Any:
    """What a recipe holds for a value that a search may call by a name.

    Args:
        key: dotted key.
        value: of a dimension.
        config: a recipe whose other keys are set; it decides how many levels
            student and teacher both have.

    Example:
        >>> meant_by("transfer.pairs", "last", ExperimentConfig())
        [['level_3', 'level_3']]
    """
    if key == PAIRS and value in PAIR_NAMES:
        return _pairs(value, config)
    if isinstance(value, str):
        return NAMED.get(key, {}).get(value, value)
    return value


def _pairs(name: str, config: ExperimentConfig) -> list[list[str]] | None:
    """Layers of student and teacher: all that both have, levels, the last, context."""
    count = min(config.student.num_levels, config.teacher.num_levels)
    levels = [[f"level_{number}"] * 2 for number in range(1, count + 1)]
    return {
        "all": None,
        "levels": levels,
        "last": levels[-1:],
        "context": [["self_attention"] * 2],
    }[name]
