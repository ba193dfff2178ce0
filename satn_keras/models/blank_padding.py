"""Logits of padded frames forced to the CTC blank."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="satn_keras")
class BlankPadding(keras.layers.Layer):
    """CTC logits whose padded frames can only emit the blank (token 0).

    A blank of probability one adds nothing to the cost of any path, so a CTC
    loss over the whole padded length equals the loss over the true length.

    Call arguments:
        inputs: (batch, frames, tokens), logits.
        mask: (batch, frames), true frames.

    Output shape:
        As `inputs`, float32.

    Example:
        >>> layer = BlankPadding()
        >>> mask = ops.convert_to_tensor([[True, False]])
        >>> ops.convert_to_numpy(layer(ops.ones((1, 2, 2)), mask=mask))[0]
        array([[ 1.e+00,  1.e+00],
               [ 0.e+00, -1.e+04]], dtype=float32)
    """

    def __init__(self, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return inputs
        tokens = inputs.shape[-1]
        blank = ops.concatenate([ops.zeros((1,)), ops.full((tokens - 1,), -1e4)], 0)
        return ops.where(ops.expand_dims(mask, -1), inputs, blank)

    def compute_output_shape(self, input_shape):
        return input_shape

    def compute_mask(self, inputs, mask=None):
        return None
