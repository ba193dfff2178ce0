"""Mean, and deviation, of a sequence over its true frames."""

import keras
from keras import ops

from satn_keras.layers import masked_mean


@keras.saving.register_keras_serializable(package="satn_keras")
class MaskedPooling(keras.layers.Layer):
    r"""Statistics over time that padding leaves alone.

    Args:
        statistics: "mean", or "mean_deviation" for $[\mu; \sigma]$ (Snyder et al.
            2018, statistics pooling).

    Input shape:
        (batch, frames, channels).

    Output shape:
        (batch, channels), or (batch, 2 channels) with the deviation.

    Raises:
        ValueError: if `statistics` is neither of the two.

    Example:
        >>> x = ops.convert_to_tensor([[[1.0], [3.0], [99.0]]])
        >>> mask = ops.convert_to_tensor([[True, True, False]])
        >>> ops.convert_to_numpy(MaskedPooling("mean_deviation")(x, mask=mask)).round(3)
        array([[2., 1.]], dtype=float32)
    """

    def __init__(self, statistics="mean", **kwargs):
        super().__init__(**kwargs)
        if statistics not in ("mean", "mean_deviation"):
            raise ValueError(
                "`statistics` must be 'mean' or 'mean_deviation'. "
                f"Received: statistics={statistics!r}."
            )
        self.statistics = statistics
        self.supports_masking = True

    def call(self, inputs, mask=None):
        x = ops.cast(inputs, "float32")  # squares overflow in float16
        mean = masked_mean(x, mask)  # (batch, channels)
        if self.statistics == "mean":
            return ops.cast(mean, self.compute_dtype)
        variance = masked_mean(ops.square(x - mean[:, None]), mask)
        deviation = ops.sqrt(variance + 1e-8)  # its gradient is finite at zero
        return ops.cast(ops.concatenate([mean, deviation], -1), self.compute_dtype)

    def compute_output_shape(self, input_shape):
        width = 2 if self.statistics == "mean_deviation" else 1
        return input_shape[0], width * input_shape[-1]

    def compute_mask(self, inputs, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "statistics": self.statistics}
