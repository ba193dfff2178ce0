"""Sum of two sequences, the second behind a learned gate that begins shut."""

import keras


@keras.saving.register_keras_serializable(package="satn_keras")
class GatedSum(keras.layers.Layer):
    r"""$x + g z$ with a learned scalar g that begins at zero.

    A block behind such a gate enters training only as far as it helps, and does
    not drown at first what the layers below it hear (Bachlechner et al. 2021).

    Input shape:
        Two tensors of the same shape.

    Output shape:
        That shape.

    Example:
        >>> gate = GatedSum()
        >>> x, z = keras.ops.ones((1, 2)), keras.ops.ones((1, 2))
        >>> keras.ops.convert_to_numpy(gate([x, z]))
        array([[1., 1.]], dtype=float32)

    References:
        Bachlechner et al., ReZero is all you need, 2021.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        self.gate = self.add_weight(shape=(), initializer="zeros", name="gate")

    def call(self, inputs):
        x, z = inputs
        return x + self.gate * z

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def compute_mask(self, inputs, mask=None):
        return None if mask is None else mask[0]
