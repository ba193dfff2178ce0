"""Scaled dot-product attention of an utterance to itself."""

import math

import keras
from keras import ops

from satn_keras.layers.masks import masked_softmax


@keras.saving.register_keras_serializable(package="satn_keras")
class SelfAttention(keras.layers.Layer):
    r"""Weighted mean of all frames' values, one for each frame.

    $$Q = X W_q,\quad K = X W_k,\quad V = X W_v$$
    $$A = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt{d_k}}\right),\quad Z = A V$$

    with d_k = units / num_heads. Several heads attend side by side and their
    contexts are joined.

    Args:
        units: Width of queries, keys, values and context over all heads.
        num_heads: Heads; divides `units`. One in the transfer network.
        causal: Whether a frame attends only to itself and frames before it.
        dropout: Share of the weights dropped before they meet the values. The
            map is returned as it was before.
        use_bias: Whether the projections have biases.
        output_projection: Whether a last projection mixes the heads' contexts.
        seed: Integer that makes the dropout repeatable, or None.

    Call arguments:
        inputs: (batch, frames, channels), float.
        mask: (batch, frames), bool. True at true frames.
        training: Whether dropout is on.

    Input shape:
        (batch, frames, channels), float.

    Output shape:
        Context Z, (batch, frames, units), in the layer's compute dtype, and
        map A, (batch, num_heads, queries, keys), float32. Each true row of the
        map sums to 1.

    Raises:
        ValueError: if `units` or `num_heads` is below 1, `num_heads` does not
            divide `units`, or `dropout` is outside [0, 1].

    Masking:
        Padded keys weigh exactly 0. Rows of padded queries and the context at
        padded frames are 0. The context carries the mask on, the map none.

    Example:
        >>> context, weights = SelfAttention(6, num_heads=2)(ops.ones((3, 5, 4)))
        >>> context.shape[1:], weights.shape[1:]
        (TensorShape([5, 6]), TensorShape([2, 5, 5]))
        >>> ops.convert_to_numpy(weights)[0, 0, 0]
        array([0.2, 0.2, 0.2, 0.2, 0.2], dtype=float32)

    References:
        Vaswani et al. 2017, Attention is all you need, eq. 1.
        Zhao et al. 2021, Self-attention transfer networks for speech emotion
        recognition, section 3.4.
    """

    def __init__(
        self,
        units,
        num_heads=1,
        causal=False,
        dropout=0.0,
        use_bias=False,
        output_projection=False,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if units < 1 or num_heads < 1 or units % num_heads:
            raise ValueError(
                "`num_heads` must divide `units`, both at least 1. "
                f"Received: units={units}, num_heads={num_heads}."
            )
        self.units = units
        self.num_heads = num_heads
        self.causal = causal
        self.dropout = dropout
        self.use_bias = use_bias
        self.output_projection = output_projection
        self.seed = seed
        self.query = self._projection("query")
        self.key = self._projection("key")
        self.value = self._projection("value")
        self.output_dense = self._projection("output") if output_projection else None
        self.weights_dropout = keras.layers.Dropout(
            dropout, seed=seed, dtype=self.dtype_policy, name="dropout"
        )
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self.supports_masking = True

    def build(self, input_shape):
        for projection in (self.query, self.key, self.value):
            projection.build(input_shape)
        if self.output_dense is not None:
            self.output_dense.build((*input_shape[:-1], self.units))

    def call(self, inputs, mask=None, training=None):
        query = self._split_heads(self.query(inputs))
        key = self._split_heads(self.key(inputs))
        value = self._split_heads(self.value(inputs))  # (batch, frames, heads, d_k)
        weights = masked_softmax(
            self._scores(query, key), self._allowed(inputs, mask)
        )  # (batch, heads, queries, keys)
        shares = self.weights_dropout(ops.cast(weights, value.dtype), training=training)
        context = ops.einsum("bhqk,bkhd->bqhd", shares, value)
        context = self._join_heads(context)  # (batch, frames, units)
        if self.output_dense is not None:
            context = self.output_dense(context)
            if mask is not None:  # its bias reached the padded frames
                context *= ops.cast(mask, context.dtype)[..., None]
        return context, weights

    def compute_mask(self, inputs, previous_mask=None):
        return previous_mask, None

    def _scores(self, query, key):
        query = ops.cast(query, "float32") / math.sqrt(self.units / self.num_heads)
        return ops.einsum("bqhd,bkhd->bhqk", query, ops.cast(key, "float32"))

    def _allowed(self, inputs, mask):
        allowed = None
        if mask is not None:
            mask = ops.cast(mask, "bool")
            allowed = ops.logical_and(mask[:, :, None], mask[:, None, :])
            allowed = allowed[:, None]  # (batch, 1, queries, keys)
        if self.causal:
            frames = ops.arange(ops.shape(inputs)[1])
            past = frames[:, None] >= frames[None, :]  # (queries, keys)
            allowed = past if allowed is None else ops.logical_and(allowed, past)
        return allowed

    def _split_heads(self, x):
        depth = self.units // self.num_heads
        return ops.reshape(x, (-1, ops.shape(x)[1], self.num_heads, depth))

    def _join_heads(self, x):
        return ops.reshape(x, (-1, ops.shape(x)[1], self.units))

    def _projection(self, name):
        return keras.layers.Dense(
            self.units, use_bias=self.use_bias, dtype=self.dtype_policy, name=name
        )

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "num_heads": self.num_heads,
            "causal": self.causal,
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "output_projection": self.output_projection,
            "seed": self.seed,
        }
