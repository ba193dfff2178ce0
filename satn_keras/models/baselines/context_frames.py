"""Frames stacked with their neighbours."""

import keras
from keras import ops

from satn_keras.layers import masks


@keras.saving.register_keras_serializable(package="satn_keras")
class ContextFrames(keras.layers.Layer):
    """Each frame beside the frames around it.

    The first and last true frame stand in for the frames beyond the edges.

    Args:
        num_frames: frames stacked; of an even number, the frame more comes after.

    Call arguments:
        inputs: float (batch, frames, width).
        mask: bool (batch, frames), true frames first; all when None.

    Input shape:
        (batch, frames, width), float.

    Output shape:
        (batch, frames, num_frames * width), earliest frame first.

    Raises:
        ValueError: if `num_frames` is below 1.

    Masking:
        A true frame has the same values whatever the frames past the last true one
        hold.

    Example:
        >>> frames = ops.reshape(ops.arange(3, dtype="float32"), (1, 3, 1))
        >>> ops.convert_to_numpy(ContextFrames(3)(frames))[0]
        array([[0., 0., 1.],
               [0., 1., 2.],
               [1., 2., 2.]], dtype=float32)
    """

    def __init__(self, num_frames, **kwargs):
        super().__init__(**kwargs)
        if num_frames < 1:
            raise ValueError(
                f"`num_frames` must be at least 1. Received: num_frames={num_frames}."
            )
        self.num_frames = num_frames
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        before = (self.num_frames - 1) // 2
        after = self.num_frames // 2
        count = ops.shape(inputs)[1]
        held = _hold_last(inputs, mask)
        padded = ops.concatenate(
            [ops.repeat(held[:, :1], before, axis=1), held]
            + [ops.repeat(held[:, -1:], after, axis=1)],
            axis=1,
        )  # (batch, before + frames + after, width)
        shifted = [padded[:, shift : shift + count] for shift in range(self.num_frames)]
        return ops.concatenate(shifted, axis=-1)  # (batch, frames, num_frames * width)

    def compute_output_shape(self, inputs_shape, mask_shape=None):
        return (*inputs_shape[:-1], self.num_frames * inputs_shape[-1])

    def get_config(self):
        return {**super().get_config(), "num_frames": self.num_frames}


def _hold_last(frames, mask):
    """Frames with every one past the last true one made equal to it."""
    if mask is None:
        return frames
    last = ops.maximum(masks.frame_count(mask) - 1, 0)  # (batch,)
    held = ops.take_along_axis(frames, ops.expand_dims(last, (1, 2)), axis=1)
    return ops.where(ops.expand_dims(mask, 2), frames, held)
