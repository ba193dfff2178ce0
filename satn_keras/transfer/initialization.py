"""Student's first weights from the levels that it shares with a teacher."""

import re

import keras

_SHARED = re.compile(r"(level|norm)_\d+|self_attention")


def initialize_from_teacher(
    student: keras.Model, teacher: keras.Model
) -> tuple[str, ...]:
    """Copies the teacher's weights into the student's layers that they fit.

    Of the layers `level_*`, `norm_*` and `self_attention` those are copied that have
    the same name, kind and weight shapes in both models; the others keep their
    weights. Nothing is shared afterwards, and no `trainable` flag changes. In a
    student of fewer levels, `self_attention` hears another level than the teacher's.

    Args:
        student: receives the weights.
        teacher: gives them.

    Returns:
        Names of the layers copied, from input to output.

    Raises:
        ValueError: if no layer fits.

    Example:
        >>> def encoder(levels):
        ...     layers = [
        ...         keras.layers.Dense(3, name=f"level_{level}")
        ...         for level in range(1, levels + 1)
        ...     ]
        ...     return keras.Sequential([keras.Input((None, 3)), *layers])
        >>> initialize_from_teacher(encoder(2), encoder(4))
        ('level_1', 'level_2')
    """
    theirs = _shared_layers(teacher)
    pairs = [
        (layer, theirs[name])
        for name, layer in _shared_layers(student).items()
        if name in theirs
    ]
    fitting = [(ours, other) for ours, other in pairs if _form(ours) == _form(other)]
    if not fitting:
        raise ValueError(_misfit(student, teacher, pairs))
    for ours, other in fitting:
        ours.set_weights(other.get_weights())
    return tuple(ours.name for ours, _ in fitting)


def _shared_layers(model):
    """Layers with weights that bear a name both models may know."""
    return {
        layer.name: layer
        for layer in model.layers
        if _SHARED.fullmatch(layer.name) and layer.weights
    }


def _form(layer):
    return type(layer), _shapes(layer)


def _shapes(layer):
    return [tuple(weight.shape) for weight in layer.weights]


def _misfit(student, teacher, pairs):
    beginning = f"No layer of {student.name} fits one of {teacher.name}"
    if not pairs:
        return f"{beginning}: they share no level_*, norm_* or self_attention."
    found = "; ".join(
        f"{ours.name} has {type(ours).__name__} weights {_shapes(ours)} in the "
        f"student, {type(other).__name__} weights {_shapes(other)} in the teacher"
        for ours, other in pairs
    )
    return (
        f"{beginning}: {found}. Give both the same encoder, features and widths "
        "(`filters`, `kernel_size`, `lstm_units`, `attention_units`)."
    )
