"""Which of several groups a vector resembles, by one covariance within all."""

import keras
import numpy as np
from keras import ops

LIMIT = 5.0  # deviations that a value may be off


@keras.saving.register_keras_serializable(package="satn_keras")
class LinearDiscriminant(keras.layers.Layer):
    r"""Scores of groups of normal distributions that share a covariance.

    $$z = \mathrm{clip}\Big(\frac{u - m}{s},\, \pm 5\Big),\quad s_k = w_k^\top z + b_k$$

    whose softmax is the posterior of the groups. Always computes in float32. Weights
    are set by `set_discriminant` and never trained.

    Args:
        values: width of u.
        groups: how many.

    Input shape:
        (batch, values), float.

    Output shape:
        (batch, groups), float32, up to one number in common.

    Example:
        >>> discriminant = LinearDiscriminant(1, 2)
        >>> discriminant.set_discriminant([1.0], [2.0], [[1.0, -1.0]], [0.0, 0.5])
        >>> ops.convert_to_numpy(discriminant(np.array([[3.0]])))
        array([[ 1. , -0.5]], dtype=float32)

    References:
        Fisher 1936, The use of multiple measurements in taxonomic problems.
        Fukunaga 1990, Introduction to statistical pattern recognition.
    """

    def __init__(self, values, groups, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.values = values
        self.groups = groups
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=2, axes={-1: values})
        if not self.built:
            self.build((None, values))
            self.built = True

    def build(self, input_shape):
        self.center = self._weight("center", (self.values,), "zeros")
        self.spread = self._weight("spread", (self.values,), "ones")
        self.kernel = self._weight("kernel", (self.values, self.groups), "zeros")
        self.bias = self._weight("bias", (self.groups,), "zeros")

    def _weight(self, name, shape, initializer):
        return self.add_weight(
            name=name, shape=shape, initializer=initializer, trainable=False
        )

    def set_discriminant(self, center, spread, kernel, bias):
        """Weights, as `fit_discriminant` of `experiments` makes them.

        Args:
            center: m, (values,).
            spread: s, (values,), above 0.
            kernel: w, (values, groups).
            bias: b, (groups,).

        Raises:
            ValueError: if a shape does not fit, or a spread is not above 0.
        """
        arrays = {"center": center, "spread": spread, "kernel": kernel, "bias": bias}
        for name, array in arrays.items():
            weight, array = getattr(self, name), np.asarray(array, "float32")
            if array.shape != tuple(weight.shape):
                raise ValueError(
                    f"`{name}` must have the shape {tuple(weight.shape)}. "
                    f"Received: {array.shape}."
                )
            if name == "spread" and not (array > 0).all():
                raise ValueError("`spread` must be above 0.")
            weight.assign(array)

    def call(self, inputs):
        distance = (ops.cast(inputs, "float32") - self.center) / self.spread
        distance = ops.clip(distance, -LIMIT, LIMIT)
        return ops.matmul(distance, self.kernel) + self.bias

    def compute_output_shape(self, input_shape):
        return input_shape[0], self.groups

    def compute_mask(self, inputs, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "values": self.values, "groups": self.groups}
