"""Number format that a recipe's network computes in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras

from satn_keras.config import TrainingConfig
from satn_keras.distribution.loss_scale import LossScale


@contextlib.contextmanager
def policy_scope(config: TrainingConfig) -> Iterator[None]:
    """Models built inside compute in `config.precision`, and keep float32 variables.

    Attention scores, softmax, sums over frames, posteriors, losses and metrics are
    float32 in every precision: their layers say so. A model remembers what it was
    built with, so it is trained, saved, loaded and exported outside.

    Example:
        >>> with policy_scope(TrainingConfig(precision="mixed_bfloat16")):
        ...     layer = keras.layers.Dense(1)
        >>> layer.compute_dtype, layer.variable_dtype
        ('bfloat16', 'float32')
        >>> keras.layers.Dense(1).compute_dtype
        'float32'
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(config.precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def scaled(
    optimizer: keras.optimizers.Optimizer, config: TrainingConfig
) -> keras.optimizers.Optimizer:
    """Optimizer that scales the loss, where the precision is "mixed_float16".

    bfloat16 has the range of float32, so nothing vanishes that a scale would save.

    Example:
        >>> config = TrainingConfig(precision="mixed_float16")
        >>> type(scaled(keras.optimizers.SGD(), config)).__name__
        'LossScale'
    """
    return LossScale(optimizer) if config.precision == "mixed_float16" else optimizer
