"""XLA for a whole training step, or for what of it XLA can serve."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import keras
import tensorflow as tf


def serve_by_xla(models: Iterable[keras.Model], losses: Iterable = ()) -> bool:
    """Whether XLA can compile a whole step; if not, it is given the models' calls.

    It cannot on several replicas, whose variables lie on devices of their own, nor
    where a layer or loss says `supports_jit = False`. Then the call of each model that
    `is_part_for_xla` becomes an XLA cluster of its own, as by `compile_call`, and Keras
    runs the rest of the step: sums over replicas, losses, optimizer.

    Args:
        models: functional models that the step calls.
        losses: of the step.

    Returns:
        What to give to `compile` as `jit_compile`.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> serve_by_xla([model])
        True
    """
    models = list(models)
    if tf.distribute.get_strategy().num_replicas_in_sync == 1:
        if all(map(supports_xla, models)) and all(map(supports_xla, losses)):
            return True
    for model in filter(is_part_for_xla, models):
        compile_call(model)
    return False


def supports_xla(part: keras.Model | Callable) -> bool:
    """Whether a model's layers, or a loss, can be compiled with their gradient."""
    layers = getattr(part, "layers", [part])
    return all(getattr(layer, "supports_jit", True) for layer in layers)


def is_part_for_xla(model: keras.Model) -> bool:
    """Whether the call of a model can be compiled, and its gradient apart from it.

    A recurrent layer keeps the state of each step for its gradient in a list, which
    does not leave XLA: such a layer can be compiled within a whole step only.
    """
    return not any(map(_stays_outside, model.layers))


def compile_call(model: keras.Model) -> None:
    """Have XLA run the forward pass of `model`, and with it the gradient.

    The model stays what it is for everything else: its class, its configuration and
    what is saved of it. Each shape of its inputs is compiled once.

    Args:
        model: functional model whose inputs carry no Keras mask.

    Raises:
        ValueError: if a layer of `model` cannot be compiled, or is recurrent.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> compile_call(model)
        >>> model(keras.ops.ones((3, 2))).shape
        TensorShape([3, 1])
    """
    for layer in model.layers:
        if _stays_outside(layer):
            raise ValueError(
                f"XLA cannot compile the layer {layer.name} of {model.name} "
                f"({type(layer).__name__}). Compile a part of the model without it."
            )
    # Autograph has nothing to convert in a call that is made of Keras operations.
    compiled = tf.function(model.call, jit_compile=True, autograph=False)

    def call(inputs, training=None, mask=None):
        del mask
        return compiled(inputs, training=training)

    model.call = call


def _stays_outside(layer):
    recurrent = isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional)
    return recurrent or not supports_xla(layer)
