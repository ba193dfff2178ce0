"""What of student and teacher is compared, found and checked once."""

import dataclasses

import keras

from satn_keras.layers import SelfAttention, chunked_copy
from satn_keras.transfer.controls import (
    CONTROLS,
    TeacherMaps,
    uniform_part,
    untrained_copy,
)
from satn_keras.transfer.entropy import map_entropy
from satn_keras.transfer.losses import TransferLoss
from satn_keras.transfer.student_side import StudentSide
from satn_keras.transfer.views import MAP, default_pairs, layer_view

PROBE_FRAMES = 48  # many strides divide it


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Both sides and what is compared; Keras tracks nothing inside it.

    Attributes:
        student: the student's layers and its own output.
        teacher: maps of the teacher, or of the control in its place.
        pairs: (student, teacher) names.
        loss: distance of the pairs' maps.
    """

    student: StudentSide
    teacher: TeacherMaps
    pairs: tuple[tuple[str, str], ...]
    loss: TransferLoss

    @property
    def models(self) -> list[keras.Model]:
        """Models that a step calls."""
        view = self.teacher.view
        return [self.student.view] if view is None else [self.student.view, view]

    @property
    def supports_jit(self) -> bool:
        """Whether XLA can compile what of the teacher is run."""
        view = self.teacher.view
        return view is None or all(layer.supports_jit for layer in view.layers)

    def distance(self, heard, side):
        """L_AT of what `teacher.hear` and what `student.hear` gave."""
        return self.loss(*_parts(heard, side))

    def entropies(self, heard, side):
        """Student's and teacher's `map_entropy`, mean over the pairs: each (batch,)."""
        theirs, ours = _parts(heard, side)
        layer, mask = self.loss.map_distance, ours.get("mask")
        student = [map_entropy(values, mask, layer) for values in ours["maps"]]
        teacher = []
        for values, beside, own in zip(
            theirs["maps"],
            ours["maps"],
            self.loss.teacher_masks(theirs, ours),
            strict=True,
        ):
            soft = layer.map == "attention" and len(beside.shape) == 2
            own = mask if own is None else own
            teacher.append(map_entropy(values, own, layer, average_steps=soft))
        return [sum(each) / len(each) for each in (student, teacher)]


def compare(
    student, teacher, map, pairs, control="none", seed=0, pooled=None, **loss
) -> Comparison:
    """Views of both models over the layers in `pairs`, checked.

    `pooled` is as in `StudentSide`; further arguments are those of `TransferLoss`.

    Raises:
        ValueError: as `AttentionTransfer` does.
    """
    if teacher is None and control != "uniform":
        raise ValueError(
            "`teacher` may be None only where `weight` is 0 or `control` 'uniform'."
        )
    if control == "untrained":
        teacher = untrained_copy(teacher, seed)
    if pairs is None:
        pairs = default_pairs(student, student if teacher is None else teacher, map)
    pairs = tuple((ours, theirs) for ours, theirs in pairs)
    _check_kind(pairs, map)
    own = StudentSide.of(student, [ours for ours, _ in pairs], pooled)
    names = tuple(theirs for _, theirs in pairs)
    _check_maps_kept(own.view, own.maps, student.name)
    view = None if teacher is None else _teacher_view(teacher, names, student)
    maps = TeacherMaps.of(view, names, control, seed)
    loss = TransferLoss(
        map, resampled=_resampled(own.view, maps.view, pairs, map), **loss
    )
    maps = dataclasses.replace(maps, layer=loss.map_distance)
    return Comparison(own, maps, pairs, loss)


def check_control(control):
    """Refuse a control that there is not.

    Raises:
        ValueError: naming those there are.
    """
    if control not in CONTROLS:
        raise ValueError(
            f"`control` must be one of {CONTROLS}. Received: control={control!r}."
        )


def _parts(heard, side):
    """Teacher's and student's part of a `TransferLoss`."""
    part = {name: side[name] for name in ("maps", "mask") if name in side}
    return (uniform_part(part["maps"]) if heard is None else heard), part


def _teacher_view(teacher, names, student):
    view = layer_view(teacher, dict.fromkeys(names))
    _check_inputs(view, student)
    _check_apart(view, student)
    _check_maps_kept(view, names, teacher.name)
    if any(_is_frugal(layer) for layer in student.layers):
        return chunked_copy(view)  # the same numbers, as frugal as the student
    return view


def _resampled(own, view, pairs, map):
    """Whether the frames of each pair differ; a uniform map has the student's."""
    if view is None:
        return [False] * len(pairs)
    made, heard = (_frames(each, map) for each in (own, view))
    return [made[ours] != heard[theirs] for ours, theirs in pairs]


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


def _is_frugal(layer):
    """Whether the memory of a self-attention is linear in the frames."""
    return isinstance(layer, SelfAttention) and not layer.gives_full_map


def _check_maps_kept(view, names, model):
    for name in names:
        if name.endswith(MAP) and _is_frugal(view.get_layer(name.removesuffix(MAP))):
            layer = view.get_layer(name.removesuffix(MAP))
            raise ValueError(
                f"map='attention' compares weights of each pair of frames, which "
                f"{layer.name} of {model} does not keep (reach={layer.reach}, "
                f"chunk={layer.chunk}). Compare map='activation', or give it neither."
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
