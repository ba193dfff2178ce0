"""Mean and deviation of a sequence, plain and by learned weights."""

import keras
from keras import ops

from satn_keras.layers import masked_softmax

EPSILON = 1e-5  # under the root, whose gradient at zero is infinite


@keras.saving.register_keras_serializable(package="satn_keras")
class AttentiveStatistics(keras.layers.Layer):
    r"""Statistics over true frames, each head counting the frames in its own way.

    $$e^k_t = v_k^\top \tanh(W h_t + b),\quad
      \alpha^k_t = \frac{\exp(e^k_t)}{\sum_\tau \exp(e^k_\tau)},\quad
      \mu_k = \sum_t \alpha^k_t\, h_t,\quad
      \sigma_k = \sqrt{\sum_t \alpha^k_t (h_t - \mu_k)^2 + \epsilon}$$

    beside the plain mean and deviation, in which every frame counts the same. A head
    can learn to hear the voiced frames alone, or the loud ones.

    Args:
        heads: Sets of weights; 0 leaves the plain statistics.
        units: Width of the tanh layer.

    Call arguments:
        inputs: (batch, frames, channels), float.
        mask: (batch, frames), bool. True at true frames; all when None.

    Input shape:
        (batch, frames, channels), float.

    Output shape:
        (batch, 2 (1 + heads) channels), in the layer's compute dtype: mean and
        deviation without weights, then those of each head.

    Raises:
        ValueError: if `heads` is negative or `units` below 1.

    Masking:
        Padded frames weigh exactly 0. The output carries no mask.

    Example:
        >>> AttentiveStatistics(heads=3)(ops.ones((2, 5, 7))).shape
        TensorShape([2, 56])

    References:
        Okabe, Koshinaka, Shinoda, Attentive statistics pooling for deep speaker
        embedding, 2018; of one head there.
    """

    def __init__(self, heads=4, units=32, **kwargs):
        super().__init__(**kwargs)
        if heads < 0 or units < 1:
            raise ValueError(
                "`heads` must not be negative, `units` must be at least 1. "
                f"Received: heads={heads}, units={units}."
            )
        self.heads = heads
        self.units = units
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)

    def build(self, input_shape):
        if self.heads:
            self.hidden = keras.layers.Dense(
                self.units, activation="tanh", dtype=self.dtype_policy, name="hidden"
            )
            self.hidden.build(input_shape)
            self.score = keras.layers.Dense(
                self.heads, use_bias=False, dtype=self.dtype_policy, name="score"
            )
            self.score.build((*input_shape[:-1], self.units))

    def call(self, inputs, mask=None):
        x = ops.cast(inputs, "float32")  # squares overflow in float16
        weights = self.weights_of(inputs, mask)
        mean = _weighed(weights, x)  # (batch, 1 + heads, channels)
        # Of the frames less their plain mean: the difference loses no digits.
        centred = x - mean[:, :1]
        variance = _weighed(weights, ops.square(centred))
        variance = variance - ops.square(mean - mean[:, :1])
        deviation = ops.sqrt(ops.relu(variance) + EPSILON)
        pooled = ops.concatenate([mean, deviation], axis=-1)
        pooled = ops.reshape(pooled, (-1, 2 * (1 + self.heads) * x.shape[-1]))
        return ops.cast(pooled, self.compute_dtype)

    def weights_of(self, inputs, mask=None):
        """Even weights, then each head's: (batch, frames, 1 + heads), float32."""
        mask = None if mask is None else ops.expand_dims(mask, -1)
        even = ops.zeros_like(ops.cast(inputs[..., :1], "float32"))
        weights = [masked_softmax(even, mask, axis=1)]
        if self.heads:
            scores = self.score(self.hidden(inputs))  # (batch, frames, heads)
            weights.append(masked_softmax(scores, mask, axis=1))
        return ops.concatenate(weights, axis=-1)

    def compute_output_shape(self, input_shape):
        return input_shape[0], 2 * (1 + self.heads) * input_shape[-1]

    def compute_mask(self, inputs, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "heads": self.heads, "units": self.units}


def _weighed(weights, values):
    """Sums over frames: (batch, heads, channels)."""
    return ops.matmul(ops.swapaxes(weights, 1, 2), values)
