"""Scaled dot-product attention of an utterance to itself."""

import math

import keras
from keras import ops

from satn_keras.layers.banded_attention import (
    attend_in_band,
    received_in_band,
)
from satn_keras.layers.chunked_attention import attend_in_chunks
from satn_keras.layers.full_attention import attend_fully


@keras.saving.register_keras_serializable(package="satn_keras")
class SelfAttention(keras.layers.Layer):
    r"""Weighted mean of all frames' values, one for each frame.

    $$Q = X W_q,\quad K = X W_k,\quad V = X W_v$$
    $$A = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt{d_k}}\right),\quad Z = A V$$

    with d_k = units / num_heads. Several heads attend side by side and their
    contexts are joined.

    The map has one weight for each pair of frames: at ten minutes of 10 ms frames
    13 GiB a head. Two options keep the memory linear in the length:

    - `reach` lets a frame see that many frames to each side only. Another model,
      to be trained as such; its time is linear too. Beyond short utterances it is
      the one to train with. Where the reach covers the utterance it equals full
      attention.
    - `chunk` computes the same numbers as full attention, that many queries at a
      time, and gives no map but how much each frame received. Its time stays
      quadratic and training computes the weights twice, so it is the one to hear
      long recordings with: a model trained without `chunk` takes it with the same
      weights (`chunked_copy`).

    Args:
        units: Width of queries, keys, values and context over all heads.
        num_heads: Heads; divides `units`. One in the transfer network.
        causal: Whether a frame attends only to itself and frames before it.
        dropout: Share of the weights dropped before they meet the values. The
            map is returned as it was before.
        use_bias: Whether the projections have biases.
        output_projection: Whether a last projection mixes the heads' contexts.
        seed: Integer that makes the dropout repeatable, or None.
        reach: Frames that a frame sees to each side, or None for all.
        chunk: Queries at a time, or None for all. Not together with `reach`.

    Call arguments:
        inputs: (batch, frames, channels), float.
        mask: (batch, frames), bool. True at true frames.
        training: Whether dropout is on.

    Input shape:
        (batch, frames, channels), float.

    Output shape:
        Context Z, (batch, frames, units), in the layer's compute dtype, and
        map A, (batch, num_heads, queries, keys), float32. Each true row of the
        map sums to 1. With `reach` the map is the band of A around its diagonal,
        (batch, num_heads, queries, 2 reach + 1), or reach + 1 if causal; entry j
        of a row belongs to the key j - reach frames after the query. With `chunk`
        it is the sum of A over the queries, (batch, num_heads, keys).

    Raises:
        ValueError: if `units`, `num_heads`, `reach` or `chunk` is below 1,
            `num_heads` does not divide `units`, `dropout` is outside [0, 1], or
            both `reach` and `chunk` are given.

    Masking:
        Padded keys weigh exactly 0. Rows of padded queries and the context at
        padded frames are 0. The context carries the mask on, the map none.

    Example:
        >>> context, weights = SelfAttention(6, num_heads=2)(ops.ones((3, 5, 4)))
        >>> context.shape[1:], weights.shape[1:]
        (TensorShape([5, 6]), TensorShape([2, 5, 5]))
        >>> ops.convert_to_numpy(weights)[0, 0, 0]
        array([0.2, 0.2, 0.2, 0.2, 0.2], dtype=float32)
        >>> _, band = SelfAttention(6, reach=1)(ops.ones((3, 5, 4)))
        >>> ops.convert_to_numpy(band)[0, 0, 1:].round(2)
        array([[0.33, 0.33, 0.33],
               [0.33, 0.33, 0.33],
               [0.33, 0.33, 0.33],
               [0.5 , 0.5 , 0.  ]], dtype=float32)

    References:
        Vaswani et al. 2017, Attention is all you need, eq. 1.
        Zhao et al. 2021, Self-attention transfer networks for speech emotion
        recognition, section 3.4.
        Beltagy et al. 2020, Longformer, section 3.1: sliding window (`reach`).
        Rabe & Staats 2021, Self-attention does not need O(n^2) memory (`chunk`).
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
        reach=None,
        chunk=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if units < 1 or num_heads < 1 or units % num_heads:
            raise ValueError(
                "`num_heads` must divide `units`, both at least 1. "
                f"Received: units={units}, num_heads={num_heads}."
            )
        _require_one_way(reach, chunk)
        self.units = units
        self.num_heads = num_heads
        self.causal = causal
        self.dropout = dropout
        self.use_bias = use_bias
        self.output_projection = output_projection
        self.seed = seed
        self.reach = reach
        self.chunk = chunk
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
        query = self.split_heads(self.query(inputs))
        key = self.split_heads(self.key(inputs))
        value = self.split_heads(self.value(inputs))  # (batch, frames, heads, d_k)
        query = ops.cast(query, "float32") / math.sqrt(self.units / self.num_heads)
        context, weights = self._attend(query, key, value, mask, training)
        context = self._join_heads(context)  # (batch, frames, units)
        if self.output_dense is not None:
            context = self.output_dense(context)
            if mask is not None:  # its bias reached the padded frames
                context *= ops.cast(mask, context.dtype)[..., None]
        return context, weights

    def compute_output_spec(self, inputs, mask=None, training=None):
        batch, frames, _ = inputs.shape
        if self.reach is not None:
            columns = (frames, self.reach + 1 + (0 if self.causal else self.reach))
        else:
            columns = (frames,) if self.chunk is not None else (frames, frames)
        return (
            keras.KerasTensor((batch, frames, self.units), dtype=self.compute_dtype),
            keras.KerasTensor((batch, self.num_heads, *columns), dtype="float32"),
        )

    def compute_mask(self, inputs, previous_mask=None):
        return previous_mask, None

    @property
    def gives_full_map(self):
        """Whether the map has a weight for each pair of frames."""
        return self.reach is None and self.chunk is None

    def received(self, weights):
        """Share of attention that each frame receives, mean over queries and heads.

        Args:
            weights: The layer's second output.

        Returns:
            (batch, frames), float32. True frames sum to 1.
        """
        if self.reach is not None:
            weights = received_in_band(weights, self.reach, self.causal)
        elif self.chunk is None:
            weights = ops.sum(weights, axis=2)  # (batch, heads, keys)
        received = ops.mean(weights, axis=1)
        total = ops.sum(received, axis=-1, keepdims=True)
        return received / ops.where(total > 0, total, 1.0)

    def _attend(self, query, key, value, mask, training):
        if self.chunk is not None:
            dropping = training and self.dropout > 0
            return attend_in_chunks(
                query,
                key,
                value,
                mask,
                self.chunk,
                self.causal,
                self.dropout,
                self.weights_dropout.seed_generator if dropping else None,
            )

        def dropout(shares):
            return self.weights_dropout(shares, training=training)

        if self.reach is None:
            return attend_fully(query, key, value, mask, self.causal, dropout)
        return attend_in_band(query, key, value, mask, self.reach, self.causal, dropout)

    def split_heads(self, x):
        """(batch, frames, units) to (batch, frames, heads, units / heads)."""
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
            "reach": self.reach,
            "chunk": self.chunk,
        }


def _require_one_way(reach, chunk):
    for name, value in (("reach", reach), ("chunk", chunk)):
        if value is not None and value < 1:
            raise ValueError(
                f"`{name}` must be at least 1, or None. Received: {name}={value}."
            )
    if reach is not None and chunk is not None:
        raise ValueError(
            "`reach` already bounds the memory: give it or `chunk`, not both. "
            f"Received: reach={reach}, chunk={chunk}."
        )
