"""Weighted mean of all cells of a time-frequency map."""

import keras
from keras import ops

from satn_keras.layers.masks import masked_softmax


@keras.saving.register_keras_serializable(package="satn_keras")
class CellAttentionPooling(keras.layers.Layer):
    r"""Weighted mean of all cells of a time-frequency map.

    With the L = frames x bands cells a_1 ... a_L:

    $$e_i = u^\top \tanh(W a_i + b),\quad
      \alpha_i = \frac{\exp(\lambda e_i)}{\sum_k \exp(\lambda e_k)},\quad
      c = \sum_i \alpha_i\, a_i$$

    Args:
        units: Width of the tanh layer.
        scale: $\lambda$. The smaller, the more even are the weights.

    Call arguments:
        inputs: (batch, frames, bands, channels), float.
        mask: (batch, frames), bool. True at true frames; all when None.

    Input shape:
        (batch, frames, bands, channels), float.

    Output shape:
        Weighted mean c, (batch, channels), in the layer's compute dtype, and the
        weights, (batch, frames, bands), float32, which sum to 1 over all cells.

    Raises:
        ValueError: if `units` is below 1, or `scale` is not above 0.

    Masking:
        All cells of a padded frame weigh exactly 0. The outputs carry no mask.

    Example:
        >>> pooled, weights = CellAttentionPooling(7, scale=0.3)(ops.ones((2, 5, 2, 3)))
        >>> pooled.shape, weights.shape
        (TensorShape([2, 3]), TensorShape([2, 5, 2]))

    References:
        Zhao et al., Exploring deep spectrum representations via attention-based
        recurrent and convolutional neural networks for speech emotion recognition,
        IEEE Access 7, 2019.
    """

    def __init__(self, units, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        if units < 1 or not scale > 0:
            raise ValueError(
                "`units` must be at least 1 and `scale` above 0. "
                f"Received: units={units}, scale={scale}."
            )
        self.units = units
        self.scale = scale
        self.projection = keras.layers.Dense(
            units, activation="tanh", dtype=self.dtype_policy, name="projection"
        )
        self.input_spec = keras.layers.InputSpec(ndim=4)
        self.supports_masking = True

    def build(self, input_shape):
        self.projection.build(input_shape)
        self.score = self.add_weight(
            name="score",
            shape=(self.units,),
            initializer="glorot_uniform",
            autocast=False,
        )

    def call(self, inputs, mask=None):
        hidden = ops.cast(self.projection(inputs), "float32")
        scores = ops.sum(hidden * self.score, axis=-1)  # (batch, frames, bands)
        frames, bands = ops.shape(scores)[1:]
        if mask is not None:
            mask = ops.repeat(mask, bands, axis=1)  # (batch, cells)
        scores = ops.reshape(self.scale * scores, (-1, frames * bands))
        weights = ops.reshape(masked_softmax(scores, mask), (-1, frames, bands))
        cells = weights[..., None] * ops.cast(inputs, "float32")
        pooled = ops.sum(cells, axis=(1, 2))  # (batch, channels)
        return ops.cast(pooled, self.compute_dtype), weights

    def compute_output_spec(self, inputs, mask=None):
        batch, frames, bands, channels = inputs.shape
        return (
            keras.KerasTensor((batch, channels), dtype=self.compute_dtype),
            keras.KerasTensor((batch, frames, bands), dtype="float32"),
        )

    def compute_mask(self, inputs, previous_mask=None):
        return None, None

    def get_config(self):
        return {**super().get_config(), "units": self.units, "scale": self.scale}
