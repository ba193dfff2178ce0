"""Two judges' opinions of one utterance, made one."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="satn_keras")
class PosteriorProduct(keras.layers.Layer):
    r"""Product of a posterior and a weighted power of another one.

    $$p_k \propto \left(q_k\, e^{w s_k}\right)^{1/\tau}$$

    Always computes in float32.

    Args:
        weight: w, of the second judge's scores.
        temperature: tau, above 1 for a posterior that is less sure; the likeliest
            class stays the same.

    Call arguments:
        posterior: q, (batch, classes).
        scores: s, (batch, classes), logarithms up to one number in common.

    Output shape:
        (batch, classes), float32, rows of sum 1.

    Raises:
        ValueError: if `weight` is negative, or `temperature` not above 0.

    Example:
        >>> even = ops.convert_to_tensor([[0.5, 0.5]])
        >>> scores = ops.log(ops.convert_to_tensor([[0.25, 0.75]]))
        >>> product = PosteriorProduct(1.0)(even, scores)
        >>> ops.convert_to_numpy(product).round(2)
        array([[0.25, 0.75]], dtype=float32)

    References:
        Hinton 2002, Training products of experts by minimizing contrastive divergence;
        each expert is trained alone here. Guo et al. 2017, On calibration of modern
        neural networks, section 4.2.
    """

    def __init__(self, weight=1.0, temperature=1.0, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        if weight < 0:
            raise ValueError(f"`weight` must not be negative. Received: {weight}.")
        if temperature <= 0:
            raise ValueError(f"`temperature` must be above 0. Received: {temperature}.")
        self.weight = weight
        self.temperature = temperature
        self.supports_masking = True

    def call(self, posterior, scores):
        least = keras.config.epsilon()
        logs = ops.log(ops.maximum(ops.cast(posterior, "float32"), least))
        logs = logs + self.weight * ops.cast(scores, "float32")
        return ops.softmax(logs / self.temperature, axis=-1)

    def compute_output_shape(self, posterior_shape, scores_shape):
        return posterior_shape

    def compute_mask(self, posterior, scores, mask=None):
        return None

    def get_config(self):
        return {
            **super().get_config(),
            "weight": self.weight,
            "temperature": self.temperature,
        }
