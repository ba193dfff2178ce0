"""Functional views of the layers whose maps student and teacher compare."""

import difflib
from collections.abc import Sequence

import keras

MAP = ":map"  # suffix that asks an attention layer for its softmax map
OUTPUT = "output"  # name of the model's own output in a view


def layer_view(model: keras.Model, names: Sequence[str]) -> keras.Model:
    """Sub-model that gives the named layers' outputs in one forward pass.

    The layers are shared, not copied. Nothing that the named layers do not need
    is run: a speech recogniser seen through its encoder asks for no tokens.

    Args:
        model: functional model.
        names: layer names. A layer with two outputs (attention) gives the first,
            its context; "<layer>:map" names the second, its softmax map.
            "output" names the model's own output.

    Returns:
        Functional model from a dict of just the inputs that the named layers
        depend on, by input name, to a dict with one tensor a name.

    Raises:
        TypeError: if `model` is not functional.
        ValueError: if a name is not in the model.

    Example:
        >>> features = keras.Input((None, 5), name="features")
        >>> tokens = keras.Input((None, 7), name="tokens")
        >>> encoded = keras.layers.Dense(3, name="level_1")(features)
        >>> decoded = keras.layers.Dense(3, name="decoder")(tokens)
        >>> model = keras.Model([features, tokens], [encoded, decoded])
        >>> view = layer_view(model, ["level_1"])
        >>> sorted(view.input), view.output["level_1"].shape
        (['features'], (None, None, 3))
    """
    named = named_outputs(model)
    outputs = {name: _find(name, named, model) for name in names}
    if OUTPUT in outputs:
        outputs[OUTPUT] = model.output
    needed = _operations_behind(keras.tree.flatten(outputs))
    inputs = {
        tensor.name: tensor
        for tensor in model.inputs
        if tensor._keras_history.operation.name in needed
    }
    return keras.Model(inputs, outputs, name=f"{model.name}_view")


def named_outputs(model: keras.Model) -> dict[str, keras.KerasTensor]:
    """Every tensor that `layer_view` can name, from input to output.

    Args:
        model: functional model.

    Returns:
        Layer name to its (first) output, "<layer>:map" to the second output of
        a layer that has two, "output" to the model's own.

    Raises:
        TypeError: if `model` is not functional.
    """
    try:
        behind = _operations_behind(model.outputs)
    except AttributeError as error:
        raise TypeError(
            "`model` must be a functional or sequential keras.Model, so that its "
            f"layers can be looked up. Received: {type(model).__name__}."
        ) from error
    named = {}
    for layer in model.layers:
        tensors = behind.get(layer.name, [])
        if not tensors or isinstance(layer, keras.layers.InputLayer):
            continue
        named[layer.name] = tensors[0]
        if len(tensors) == 2:
            named[layer.name + MAP] = tensors[1]
    return {**named, OUTPUT: model.output}


def default_pairs(
    student: keras.Model, teacher: keras.Model, map: str = "activation"
) -> tuple[tuple[str, str], ...]:
    """(student, teacher) names that are compared when none are given.

    Args:
        student: functional model with layers "level_1", "level_2", ... and,
            maybe, "self_attention".
        teacher: functional model with layers of the same naming.
        map: "activation" pairs every level that both have and, if both have
            it, the self-attention context; "attention" pairs the two
            self-attention maps.

    Returns:
        Pairs for the two models' `layer_view`.

    Raises:
        ValueError: if the models share no such layer or `map` is unknown. A
            student with soft attention has no self-attention map: name its
            pair, ("attention_pooling:map", "self_attention:map").

    References:
        Zhao et al., Self-attention transfer networks for speech emotion
        recognition, 2021: pairs j in I of the transfer loss.
    """
    shared = named_outputs(student).keys() & named_outputs(teacher).keys()
    if map == "activation":
        levels = [name for name in shared if _level(name) is not None]
        names = [*sorted(levels, key=_level), "self_attention"]
    elif map == "attention":
        names = ["self_attention" + MAP]
    else:
        raise ValueError(
            f'`map` must be "activation" or "attention". Received: map={map!r}.'
        )
    pairs = tuple((name, name) for name in names if name in shared)
    if not pairs:
        raise ValueError(
            f"{student.name} and {teacher.name} share no layer for map={map!r} "
            f"({', '.join(names)}). Name the pairs in `pairs`, for example "
            '(("attention_pooling:map", "self_attention:map"),).'
        )
    return pairs


def _level(name: str) -> int | None:
    stem, _, number = name.rpartition("_")
    return int(number) if stem == "level" and number.isdigit() else None


def _find(name, named, model):
    if name in named:
        return named[name]
    close = difflib.get_close_matches(name, named, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    raise ValueError(
        f"{model.name} has no layer named {name!r}. {hint}"
        f"There are: {', '.join(named)}."
    )


def _operations_behind(tensors) -> dict[str, list[keras.KerasTensor]]:
    """Name to output tensors of each operation that the tensors depend on."""
    # Follows the tensors' own history: `layer.output` fails for a layer that
    # was also called in another graph, such as an export wrapper.
    behind = {}
    pending = list(tensors)
    while pending:
        operation, node_index, _ = pending.pop()._keras_history
        if operation.name not in behind:
            node = operation._inbound_nodes[node_index]
            behind[operation.name] = node.output_tensors
            pending.extend(node.input_tensors)
    return behind
