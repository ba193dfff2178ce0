"""Transfer term of the loss, summed over pairs of maps."""

import keras
from keras import ops

from satn_keras.layers import AttentionMapTransfer


@keras.saving.register_keras_serializable(package="satn_keras")
class TransferLoss(keras.losses.Loss):
    r"""Distance between student's and teacher's maps, summed over the pairs.

    $$L_{AT} = \sum_{j \in I} \lVert Q_{SER}^j - Q_S^j \rVert_1$$

    for one utterance, averaged over the batch as every Keras loss is. Being a
    `keras.losses.Loss` it is also divided among replicas as they are: a bare mean
    would count double on two of them.

    Args:
        map: "activation" compares the sum over channels of |A|^power, "attention"
            the softmax maps.
        power: p of the activation map.
        normalization: "l1" or "l2", of each map before the difference.
        distance: "l1" or "l2", of the two maps.
        resampled: one bool a pair: whether the teacher's map has other frames than
            the student's and is interpolated to them; none when absent.
        reduction: as of `keras.losses.Loss`.
        name: of the loss.

    Call arguments:
        y_true: the teacher's part, a dict. "maps": list, one tensor a pair,
            (batch, frames, channels) for activations, (batch, heads, queries,
            keys) for attention. "mask", (batch, its own frames), where the maps
            are of other utterances than the student's: they are interpolated to
            the student's true frames; absent if they are of the same.
        y_pred: the student's part, a dict. "maps" likewise, in the same order; a
            map of soft attention is (batch, keys), beside which the teacher's is
            averaged over its heads and queries. "mask", (batch, frames),
            true where a frame is speech and not padding; absent if all are.

    Returns:
        Scalar, float32: 0 where the maps agree, at most 2 a pair for "l1".

    Example:
        >>> maps = ops.ones((1, 4, 2))
        >>> float(TransferLoss()({"maps": [maps]}, {"maps": [maps]}))
        0.0

    References:
        Zhao et al., Self-attention transfer networks for speech emotion
        recognition, 2021, section 3.5.
        Zagoruyko and Komodakis, Paying more attention to attention, 2017, eq. 2.
    """

    def __init__(
        self,
        map="activation",
        power=2.0,
        normalization="l1",
        distance="l1",
        resampled=None,
        reduction="sum_over_batch_size",
        name="transfer_loss",
    ):
        super().__init__(name=name, reduction=reduction)
        self.resampled = resampled
        self.map_distance = AttentionMapTransfer(
            map=map,
            power=power,
            normalization=normalization,
            distance=distance,
            dtype="float32",
        )

    def call(self, y_true, y_pred):
        mask, masks = _mask(y_pred), self.teacher_masks(y_true, y_pred)
        distances = [
            self.map_distance(student, teacher, mask=mask, teacher_mask=teacher_mask)
            for student, teacher, teacher_mask in zip(
                y_pred["maps"], y_true["maps"], masks, strict=True
            )
        ]
        return sum(distances)  # (batch,)

    def teacher_masks(self, y_true, y_pred) -> list:
        """Mask of the teacher's map of each pair; None where it is the student's."""
        mask, heard = _mask(y_pred), _mask(y_true)
        resampled = self.resampled or [False] * len(y_pred["maps"])
        return [
            self._resampled_mask(teacher, mask if heard is None else heard)
            if other
            else heard
            for teacher, other in zip(y_true["maps"], resampled, strict=True)
        ]

    def _resampled_mask(self, teacher, mask):
        """(batch, teacher frames): as many of them true, in proportion to `mask`."""
        theirs = ops.shape(teacher)[1 if self.map_distance.map == "activation" else -1]
        if mask is None:
            return ops.ones((ops.shape(teacher)[0], theirs), dtype="bool")
        frames = ops.shape(mask)[1]
        true = ops.sum(ops.cast(mask, "float32"), axis=1)
        share = ops.cast(theirs, "float32") / ops.cast(frames, "float32")
        true = ops.maximum(ops.round(true * share), 1.0)  # (batch,)
        return ops.arange(theirs, dtype="float32")[None] < true[:, None]

    def get_config(self):
        layer = self.map_distance
        return {
            **super().get_config(),
            "map": layer.map,
            "power": layer.power,
            "normalization": layer.normalization,
            "distance": layer.distance,
            "resampled": self.resampled,
        }


def _mask(part):
    """(batch, frames), bool, of one side of the loss; None if all are true."""
    mask = part.get("mask")
    return None if mask is None else ops.cast(mask, "bool")
