"""Weighted mean of an utterance's frames, scored by one vector."""

import keras
from keras import ops

from satn_keras.layers.masks import mask_of, masked_softmax


@keras.saving.register_keras_serializable(package="satn_keras")
class AttentionPooling(keras.layers.Layer):
    r"""Weighted mean of an utterance's frames, scored by one vector.

    $$e_t = w^\top h_t,\quad \alpha_t = \frac{\exp(e_t)}{\sum_\tau \exp(e_\tau)},\quad
      z = \sum_t \alpha_t\, h_t$$

    The score has no bias, which would cancel in the softmax.

    Call arguments:
        inputs: (batch, frames, channels), float.
        mask: (batch, frames), bool. True at true frames; all when None.

    Input shape:
        (batch, frames, channels), float.

    Output shape:
        Weighted mean z, (batch, channels), in the layer's compute dtype, and the
        weights, (batch, frames), float32, which sum to 1.

    Masking:
        Padded frames weigh exactly 0. The outputs carry no mask.

    Example:
        >>> pooled, weights = AttentionPooling()(ops.ones((2, 5, 3)))
        >>> pooled.shape
        TensorShape([2, 3])
        >>> ops.convert_to_numpy(weights)[0]
        array([0.2, 0.2, 0.2, 0.2, 0.2], dtype=float32)

    References:
        Mirsamadi, Barsoum, Zhang, Automatic speech emotion recognition using
        recurrent neural networks with local attention, 2017.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self.supports_masking = True

    def build(self, input_shape):
        self.score = self.add_weight(
            name="score",
            shape=(input_shape[-1],),
            initializer="glorot_uniform",
            autocast=False,
        )

    def call(self, inputs, mask=None):
        frames = ops.cast(inputs, "float32")
        scores = ops.sum(frames * self.score, axis=-1)  # (batch, frames)
        weights = masked_softmax(scores, mask_of(inputs, mask))
        pooled = ops.sum(weights[..., None] * frames, axis=1)  # (batch, channels)
        return ops.cast(pooled, self.compute_dtype), weights

    def compute_mask(self, inputs, previous_mask=None):
        return None, None
