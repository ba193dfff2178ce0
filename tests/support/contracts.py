"""Promises that every layer and model keeps, checked from a descriptor.

A test module parametrizes over its descriptors and asserts what the functions
here return. The weight names and shapes live in tests/golden; to write them
anew after a change that is meant, run the tests with SATN_UPDATE_GOLDEN=1 and
read the difference before committing it.
"""

import dataclasses
import inspect
import json
import os
import pathlib
from collections.abc import Callable, Mapping

import keras
import numpy as np

GOLDEN = pathlib.Path(__file__).parents[1] / "golden"


def call_layer(layer, arguments, mask=None):
    """Call by names; `mask` joins them where there is one."""
    masked = {} if mask is None else {"mask": mask}
    return layer(**arguments, **masked)


def squared_error(outputs):
    """Mean square distance of every output to fixed random numbers."""
    rng = np.random.default_rng(7)
    ops = keras.ops
    return sum(
        ops.mean(ops.square(ops.cast(y, "float32") - rng.random(y.shape, "float32")))
        for y in outputs
    )


@dataclasses.dataclass(frozen=True)
class Contract:
    """One layer or model, and what is needed to try it.

    Args:
        name: Key in the golden file.
        make: Makes a fresh one. Give it a fixed name: the weights carry it.
        arguments: Call arguments by name, in the order of `call`.
        frame_axes: For each argument, its axes that grow with the utterance.
        output_frame_axes: The same for each output.
        call: Calls it with (layer, arguments, mask).
        loss: Number to lower by training, of the list of outputs.
        learning_rate: Of that training.
    """

    name: str
    make: Callable[[], keras.Layer]
    arguments: Mapping[str, np.ndarray]
    frame_axes: Mapping[str, tuple[int, ...]]
    output_frame_axes: tuple[tuple[int, ...], ...]
    call: Callable = call_layer
    loss: Callable = squared_error
    learning_rate: float = 0.02

    def __str__(self):
        return self.name


def run(contract, layer, arguments=None, mask=None):
    """Outputs of an eager call, a list of arrays."""
    arguments = contract.arguments if arguments is None else arguments
    outputs = contract.call(layer, arguments, mask)
    return [keras.ops.convert_to_numpy(y) for y in keras.tree.flatten(outputs)]


def as_functional(contract, layer=None, known_frames=False):
    """Functional model around the layer, with one named input an argument."""
    inputs = {
        name: keras.Input(
            shape=[
                None if axis in contract.frame_axes[name] and not known_frames else size
                for axis, size in enumerate(value.shape)
            ][1:],
            dtype=value.dtype,
            name=name,
        )
        for name, value in contract.arguments.items()
    }
    layer = contract.make() if layer is None else layer
    return keras.Model(inputs, contract.call(layer, inputs, None))


def symbolic_shapes(contract, known_frames):
    """Output shapes without the batch axis, as Keras infers them."""
    outputs = as_functional(contract, known_frames=known_frames).outputs
    return [tuple(y.shape)[1:] for y in outputs]


def eager_shapes(contract, known_frames):
    """Output shapes without the batch axis, None on unknown frame axes."""
    outputs = run(contract, contract.make())
    return [
        tuple(
            None if axis in axes and not known_frames else size
            for axis, size in enumerate(y.shape)
        )[1:]
        for y, axes in zip(outputs, contract.output_frame_axes, strict=True)
    ]


def rebuild_from_config(contract, layer):
    """Copy made of the configuration alone, then given the layer's weights."""
    config = json.loads(json.dumps(layer.get_config()))  # as a file would keep it
    copy = type(layer).from_config(config)
    run(contract, copy)
    copy.set_weights(layer.get_weights())
    return copy


def arguments_missing_from_config(layer):
    """Constructor's own arguments that the configuration forgets."""
    parameters = inspect.signature(type(layer).__init__).parameters
    return set(parameters) - {"self", "kwargs"} - set(layer.get_config())


def rebuild_in_float32(contract, layer):
    """Copy with the layer's weights that computes in float32."""
    copy = contract.make()
    run(contract, copy)
    copy.set_weights(layer.get_weights())
    return copy


def weight_shapes(contract):
    """Shape of each weight by its path, such as "3 x 5 x 7"."""
    layer = contract.make()
    run(contract, layer)
    return {w.path: " x ".join(map(str, w.shape)) for w in layer.weights}


def golden_shapes(contract, file_name):
    """What tests/golden holds for this descriptor; see the module's docstring."""
    path = GOLDEN / file_name
    golden = json.loads(path.read_text()) if path.exists() else {}
    if os.environ.get("SATN_UPDATE_GOLDEN") == "1":
        golden[contract.name] = weight_shapes(contract)
        path.write_text(json.dumps(golden, indent=2, sort_keys=True) + "\n")
    return golden.get(contract.name)


def golden_names(file_name):
    """Descriptors that the golden file knows."""
    return set(json.loads((GOLDEN / file_name).read_text()))


def run_under_policy(contract, policy):
    """Layer and outputs under a precision policy, which is then put back."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        layer = contract.make()
        return layer, run(contract, layer)
    finally:
        keras.config.set_dtype_policy(before)


def alone_and_beside_longer(contract, layer, extra_frames=7):
    """Outputs of the utterances alone, and padded beside a longer one.

    Padding is filled with noise, not zeros, so that a forgotten mask shows.
    """
    alone = run(contract, layer)
    rng = np.random.default_rng(3)
    beside = {
        name: _beside_longer(value, contract.frame_axes[name], extra_frames, rng)
        for name, value in contract.arguments.items()
    }
    padded = run(contract, layer, beside, _mask(contract, extra_frames))
    return alone, [
        wide[tuple(slice(size) for size in narrow.shape)]
        for wide, narrow in zip(padded, alone, strict=True)
    ]


def losses_while_training(contract, steps=20):
    """Loss before each step of Adam on the weights, or inputs where none are."""
    import tensorflow as tf

    layer = contract.make()
    run(contract, layer)
    arguments = dict(contract.arguments)
    if not layer.trainable_variables:
        arguments = {k: tf.Variable(v) for k, v in arguments.items()}
    variables = layer.trainable_variables or list(arguments.values())
    optimizer = keras.optimizers.Adam(contract.learning_rate)

    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            values = {k: tf.convert_to_tensor(v) for k, v in arguments.items()}
            outputs = keras.tree.flatten(contract.call(layer, values, None))
            loss = contract.loss(outputs)
        gradients = tape.gradient(loss, variables)
        pairs = [(g, v) for g, v in zip(gradients, variables, strict=True)]
        optimizer.apply_gradients([(g, v) for g, v in pairs if g is not None])
        losses.append(float(loss))
    return losses


def run_compiled(contract, layer, mask=None):
    """Outputs of the call compiled by XLA."""
    import tensorflow as tf

    compiled = tf.function(
        lambda arguments, mask: contract.call(layer, arguments, mask),
        jit_compile=True,
    )
    arguments = {k: tf.constant(v) for k, v in contract.arguments.items()}
    mask = None if mask is None else tf.constant(mask)
    return [y.numpy() for y in keras.tree.flatten(compiled(arguments, mask))]


def short_mask(contract):
    """Mask of the descriptor's own frames in which every utterance is shorter."""
    mask = _mask(contract, 0)[:-1]
    mask[:, -2:] = False
    return mask


def _beside_longer(value, frame_axes, extra_frames, rng):
    shape = [
        size + extra_frames * (axis in frame_axes)
        for axis, size in enumerate(value.shape)
    ]
    wide = rng.random((value.shape[0] + 1, *shape[1:])).astype(value.dtype) * 9
    wide[tuple(slice(size) for size in value.shape)] = value
    return wide


def _mask(contract, extra_frames):
    name, axes = next((k, axes) for k, axes in contract.frame_axes.items() if axes)
    batch = contract.arguments[name].shape[0]
    frames = contract.arguments[name].shape[axes[0]]
    mask = np.ones((batch + 1, frames + extra_frames), dtype=bool)
    mask[:batch, frames:] = False
    return mask
