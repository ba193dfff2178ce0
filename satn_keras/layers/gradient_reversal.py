"""Identity whose gradient points the other way."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="satn_keras")
class GradientReversal(keras.layers.Layer):
    r"""What it is given, with the gradient turned round.

    $$R_\lambda(x) = x,\quad \frac{dR_\lambda}{dx} = -\lambda I$$

    A classifier behind it learns as any other; what lies before it learns to give
    the classifier nothing to go by (Ganin & Lempitsky 2015, equations 14 and 15).

    Args:
        weight: lambda, how much the reversed gradient counts.

    Input shape:
        Any, float.

    Output shape:
        That shape, the same values.

    Raises:
        ValueError: if `weight` is negative.

    Example:
        >>> x = ops.convert_to_tensor([2.0, -3.0])
        >>> ops.convert_to_numpy(GradientReversal(weight=0.5)(x))
        array([ 2., -3.], dtype=float32)

    References:
        Ganin & Lempitsky, Unsupervised domain adaptation by backpropagation, 2015.
    """

    def __init__(self, weight=1.0, **kwargs):
        super().__init__(**kwargs)
        if not weight >= 0:
            raise ValueError(f"`weight` must not be negative. Received: {weight=}.")
        self.weight = weight
        self.supports_masking = True

    def call(self, inputs):
        values = ops.stop_gradient(inputs)
        # The difference is exactly zero: no value changes by a bit.
        return values - self.weight * (inputs - values)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "weight": self.weight}
