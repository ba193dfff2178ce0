"""What of student and teacher is compared, found and checked once."""

import dataclasses

import keras

from satn_keras.transfer.losses import TransferLoss
from satn_keras.transfer.views import MAP, OUTPUT, default_pairs, layer_view

PROBE_FRAMES = 48  # many strides divide it


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Both views and what is compared; Keras tracks nothing inside it.

    Attributes:
        student: view over the student's layers and its own output.
        teacher: view over the teacher's layers.
        pairs: (student, teacher) names.
        loss: distance of the pairs' maps.
    """

    student: keras.Model
    teacher: keras.Model
    pairs: tuple[tuple[str, str], ...]
    loss: TransferLoss


def compare(student, teacher, map, pairs, **loss) -> Comparison:
    """Views of both models over the layers in `pairs`, checked.

    Further arguments are those of `TransferLoss`.

    Raises:
        ValueError: as `AttentionTransfer` does.
    """
    if teacher is None:
        raise ValueError("`teacher` may be None only where `weight` is 0.")
    if pairs is None:
        pairs = default_pairs(student, teacher, map)
    pairs = tuple((ours, theirs) for ours, theirs in pairs)
    _check_kind(pairs, map)
    view = layer_view(teacher, dict.fromkeys(theirs for _, theirs in pairs))
    own = layer_view(student, [*dict.fromkeys(ours for ours, _ in pairs), OUTPUT])
    _check_inputs(view, student)
    _check_apart(view, student)
    made, heard = (_frames(each, map) for each in (own, view))
    resampled = [made[ours] != heard[theirs] for ours, theirs in pairs]
    loss = TransferLoss(map, resampled=resampled, **loss)
    return Comparison(own, view, pairs, loss)


def seen(view, x, training):
    """View of a batch that may hold more inputs than the view takes."""
    return view({name: x[name] for name in view.input}, training=training)


def _frames(view, map):
    """Frames that each layer of a view makes of some; `fit` hides the numbers."""
    probe = {
        name: keras.KerasTensor(
            (1, *(PROBE_FRAMES if size is None else size for size in tensor.shape[1:])),
            dtype=tensor.dtype,
        )
        for name, tensor in view.input.items()
    }
    axis = 1 if map == "activation" else -1
    spec = view.compute_output_spec(probe)
    return {name: tensor.shape[axis] for name, tensor in spec.items()}


def _check_kind(pairs, map):
    if not pairs:
        raise ValueError("`pairs` must name at least one pair of layers.")
    for name in {name for pair in pairs for name in pair}:
        if name.endswith(MAP) != (map == "attention"):
            wanted = "softmax maps, such as 'self_attention:map'"
            if map != "attention":
                wanted = "layer outputs, such as 'level_1'"
            raise ValueError(
                f"`pairs` must name {wanted}, where map={map!r}. Received: {name!r}."
            )


def _check_inputs(view, student):
    missing = sorted(set(view.input) - {tensor.name for tensor in student.inputs})
    if missing:
        raise ValueError(
            f"The teacher's layers in `pairs` depend on its inputs "
            f"{', '.join(missing)}, which the student's batches do not have. Pair "
            "layers of its encoder only."
        )


def _check_apart(view, student):
    ours = {id(variable) for variable in student.variables}
    shared = [v.path for v in view.variables if id(v) in ours]
    if shared:
        raise ValueError(
            f"Teacher and student share variables ({shared[0]}), so that the teacher "
            "would not stay frozen. Copy the weights into a model of its own."
        )
