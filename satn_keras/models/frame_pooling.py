"""Mean of each few neighbouring frames, so that a decoder sees fewer."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="satn_keras")
class FramePooling(keras.layers.Layer):
    """Shorter sequence of means over `stride` neighbouring true frames.

    Args:
        stride: frames averaged into one.

    Call arguments:
        inputs: (batch, frames, channels).
        mask: (batch, frames), true frames; all when absent.

    Output shape:
        (batch, ceil(frames / stride), channels) and its mask: true where at
        least one frame of the group was.

    Raises:
        ValueError: if `stride` is below 1.

    Example:
        >>> x = ops.convert_to_tensor([[[1.0], [3.0], [5.0], [9.0]]])
        >>> mask = ops.convert_to_tensor([[True, True, True, False]])
        >>> pooled, pooled_mask = FramePooling(2)(x, mask=mask)
        >>> ops.convert_to_numpy(pooled)[0, :, 0]
        array([2., 5.], dtype=float32)
    """

    def __init__(self, stride, **kwargs):
        super().__init__(**kwargs)
        if stride < 1:
            raise ValueError(f"`stride` must be at least 1. Received: {stride}.")
        self.stride = stride
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            mask = ops.ones(ops.shape(inputs)[:2], dtype="bool")
        missing = -ops.shape(inputs)[1] % self.stride
        weights = ops.cast(ops.pad(mask, [[0, 0], [0, missing]]), inputs.dtype)
        padded = ops.pad(inputs, [[0, 0], [0, missing], [0, 0]])
        weights = ops.reshape(weights, (ops.shape(inputs)[0], -1, self.stride, 1))
        frames = ops.reshape(
            padded, (ops.shape(inputs)[0], -1, self.stride, inputs.shape[-1])
        )
        counts = ops.sum(weights, axis=2)  # (batch, groups, 1)
        mean = ops.sum(frames * weights, axis=2) / ops.maximum(counts, 1)
        return mean, counts[..., 0] > 0

    def compute_output_spec(self, inputs, mask=None):
        batch, frames, channels = inputs.shape
        groups = None if frames is None else -(-frames // self.stride)
        return (
            keras.KerasTensor((batch, groups, channels), dtype=self.compute_dtype),
            keras.KerasTensor((batch, groups), dtype="bool"),
        )

    def compute_mask(self, inputs, mask=None):
        return None, None

    def get_config(self):
        return {**super().get_config(), "stride": self.stride}
