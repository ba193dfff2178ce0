"""Distance between a student's and a teacher's attention map."""

import keras
from keras import ops

from satn_keras.layers.activation_map import activation_map, safe_sqrt
from satn_keras.layers.interpolation import interpolate_frames
from satn_keras.layers.masks import frame_count, mask_of

_CHOICES = {
    "map": ("activation", "attention"),
    "normalization": ("l1", "l2"),
    "distance": ("l1", "l2"),
}


@keras.saving.register_keras_serializable(package="satn_keras")
class AttentionMapTransfer(keras.layers.Layer):
    r"""Distance between two normalized attention maps, one for each utterance.

    $$L_{AT} = \sum_j \lVert Q^j_{SER} - Q^j_S \rVert_1$$

    of which this layer is one term: Q_SER is the student's map and Q_S the
    teacher's. The map of activations A with C channels is one value a frame,

    $$m_t = \sum_{c=1}^{C} |A_{tc}|^p,\qquad Q = \frac{m}{\lVert m \rVert_1}$$

    and the map of softmax weights is their mean over heads, divided by its
    own norm: a T x T map by T, its number of true rows. An l1 distance between
    l1-normalized maps lies in [0, 2].

    Where the frames differ, the teacher's map is interpolated linearly to the
    student's true length, each utterance to its own, frame centre to frame
    centre, and normalized again.

    Args:
        map: "activation" for |A|^p over channels, "attention" for softmax maps.
        power: p; "activation" alone has one.
        normalization: "l1" or "l2", the norm that becomes 1.
        distance: "l1" for the sum of absolute differences, "l2" for the root
            of the sum of squares.

    Call arguments:
        student: What the student computed, see Input shape.
        teacher: What the teacher computed. No gradient flows to it.
        mask: (batch, frames), bool. The student's true frames.
        teacher_mask: (batch, frames), bool. The teacher's true frames. None
            means `mask` where the frame axes agree, else that all are true.

    Input shape:
        "activation": (batch, frames, channels); channels may differ.
        "attention": self-attention maps of (batch, heads, queries, keys) or
        (batch, queries, keys), where heads may differ; or soft attention of
        (batch, frames) by the student, beside which a teacher's alignment of
        (batch, steps, frames) is averaged over its steps. Padded steps count
        unless their rows are zero.

    Output shape:
        (batch,), float32: one distance for each utterance.

    Raises:
        ValueError: if an argument is not among its choices, `power` is not
            above 0, or a tensor does not have the rank of its map.

    Masking:
        Padded frames, queries and keys are zero before the map is normalized,
        so they add nothing to the distance; activations there must be finite. The
        output carries no mask.

    Example:
        >>> student = ops.reshape(ops.array([1.0, 1.0]), (1, 2, 1))
        >>> teacher = ops.reshape(ops.array([1.0, 3.0]), (1, 2, 1))
        >>> transfer = AttentionMapTransfer(power=1.0)  # (1/2, 1/2), (1/4, 3/4)
        >>> ops.convert_to_numpy(transfer(student, teacher))
        array([0.5], dtype=float32)

    References:
        Zhao et al. 2021, Self-attention transfer networks for speech emotion
        recognition, section 3.5.
        Zagoruyko & Komodakis 2017, Paying more attention to attention, eq. 2.
    """

    def __init__(
        self,
        map="activation",
        power=2.0,
        normalization="l1",
        distance="l1",
        **kwargs,
    ):
        # Maps stay float32 under every policy: squares overflow float16.
        super().__init__(autocast=False, **kwargs)
        _require_choice(map=map, normalization=normalization, distance=distance)
        if not power > 0:
            raise ValueError(f"`power` must be above 0. Received: power={power}.")
        self.map = map
        self.power = power
        self.normalization = normalization
        self.distance = distance
        self.supports_masking = True

    def call(self, student, teacher, mask=None, teacher_mask=None):
        student_map, teacher_map = self.map_pair(student, teacher, mask, teacher_mask)
        difference = student_map - teacher_map  # (batch, frames[, frames])
        axes = tuple(range(1, len(difference.shape)))
        if self.distance == "l1":
            return ops.sum(ops.abs(difference), axis=axes)  # (batch,)
        return safe_sqrt(ops.sum(ops.square(difference), axis=axes))  # (batch,)

    def compute_mask(self, inputs, previous_mask=None):
        return None

    def map_pair(self, student, teacher, mask=None, teacher_mask=None):
        """Two maps that `call` compares: student's, and teacher's on its frames.

        The arguments are those of `call`. Both maps are float32, of
        (batch, frames), or (batch, queries, keys) for self-attention.
        """
        mask, teacher_mask = mask_of(student, mask), mask_of(teacher, teacher_mask)
        axis = 1 if self.map == "activation" else -1
        same_frames = student.shape[axis] == teacher.shape[axis]
        if teacher_mask is None and same_frames:
            teacher_mask = mask
        student_map = self.normalized_map(student, mask)
        teacher_map = self.normalized_map(
            ops.stop_gradient(teacher),
            teacher_mask,
            average_steps=len(student_map.shape) == 2,
        )
        _require_one_form(student_map, teacher_map)
        if not same_frames or teacher_mask is not mask:
            teacher_map = self._fit(teacher_map, teacher_mask, student_map, mask)
        return student_map, teacher_map

    def normalized_map(self, inputs, mask=None, average_steps=False):
        """Map of one network, as the loss sees it.

        Args:
            inputs: Activations or softmax maps, as in Input shape.
            mask: (batch, frames), bool, or None where every frame is true.
            average_steps: Whether (batch, steps, frames) is a decoder's
                alignment, to be averaged over its steps, and no T x T map.

        Returns:
            (batch, frames), or (batch, queries, keys) for self-attention;
            float32, zero at padded frames, of norm 1.
        """
        _require_rank(inputs, (3,) if self.map == "activation" else (2, 3, 4))
        inputs = ops.cast(inputs, "float32")
        mask = None if mask is None else ops.cast(mask, "bool")
        if self.map == "activation":
            return self._normalize(activation_map(inputs, mask, self.power))
        return self._normalize(_attention_map(inputs, mask, average_steps))

    def _fit(self, teacher_map, teacher_mask, student_map, mask):
        teacher_frames = _true_frames(teacher_map, teacher_mask)
        student_frames = _true_frames(student_map, mask)
        for axis in range(1, len(teacher_map.shape)):
            teacher_map = interpolate_frames(
                teacher_map,
                teacher_frames,
                student_frames,
                ops.shape(student_map)[axis],
                axis=axis,
            )  # (batch, frames[, frames])
        return self._normalize(teacher_map)

    def _normalize(self, m):
        axes = tuple(range(1, len(m.shape)))
        if self.normalization == "l1":
            norm = ops.sum(ops.abs(m), axis=axes, keepdims=True)
        else:
            norm = safe_sqrt(ops.sum(ops.square(m), axis=axes, keepdims=True))
        return m / ops.where(norm > 0, norm, 1.0)  # an empty map stays zero

    def get_config(self):
        return {
            **super().get_config(),
            "map": self.map,
            "power": self.power,
            "normalization": self.normalization,
            "distance": self.distance,
        }


def _attention_map(inputs, mask, average_steps):
    if len(inputs.shape) == 4:
        inputs = ops.mean(inputs, axis=1)  # (batch, queries, keys)
    if average_steps and len(inputs.shape) == 3:
        inputs = ops.mean(inputs, axis=1)  # (batch, frames)
    if mask is None:
        return inputs
    if len(inputs.shape) == 3:
        mask = ops.logical_and(mask[:, :, None], mask[:, None, :])
    return ops.where(mask, inputs, 0.0)


def _true_frames(m, mask):
    if mask is not None:
        return frame_count(mask)  # (batch,)
    batch, frames = ops.shape(m)[0], ops.shape(m)[-1]
    return ops.ones((batch,), dtype="int32") * frames


def _require_choice(**arguments):
    for name, value in arguments.items():
        if value not in _CHOICES[name]:
            raise ValueError(
                f"`{name}` must be one of {_CHOICES[name]}. Received: {name}={value!r}."
            )


def _require_rank(inputs, ranks):
    if len(inputs.shape) not in ranks:
        raise ValueError(
            f"A map is made of a tensor with {' or '.join(map(str, ranks))} axes. "
            f"Received: shape {tuple(inputs.shape)}."
        )


def _require_one_form(student_map, teacher_map):
    if len(student_map.shape) != len(teacher_map.shape):
        raise ValueError(
            "A self-attention map can be compared with another one only. Received: "
            f"student map of shape {tuple(student_map.shape)}, teacher map of shape "
            f"{tuple(teacher_map.shape)}."
        )
