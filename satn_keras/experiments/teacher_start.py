"""Weights that a teacher's training starts from."""

from __future__ import annotations

import keras

from satn_keras.errors import ConfigError
from satn_keras.phonemes import TokenInventory


def start_from(
    initial: keras.Model,
    its_inventory: TokenInventory,
    model: keras.Model,
    inventory: TokenInventory,
) -> None:
    """Give `model` the weights of another teacher.

    Raises:
        ConfigError: if it writes other tokens, or has other sizes.
    """
    if its_inventory != inventory:
        raise ConfigError(
            f"phonemes: the initial teacher writes {len(its_inventory)} tokens, "
            f"this one {len(inventory)} or others. Train both with the same lexicon "
            "(cmudict has the same tokens for every text)."
        )
    weights = initial.get_weights()
    if [array.shape for array in weights] != [each.shape for each in model.weights]:
        raise ConfigError(
            "teacher: the initial teacher has other sizes. Copy the sections "
            "`teacher` and `features` of its config.yaml."
        )
    model.set_weights(weights)
