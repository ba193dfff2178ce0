"""Additive attention over a memory of frames."""

import keras
from keras import ops

from satn_keras.layers.masks import mask_of, masked_softmax


@keras.saving.register_keras_serializable(package="satn_keras")
class BahdanauAttention(keras.layers.Layer):
    r"""Weighted mean of a memory's frames, scored by a layer of tanh units.

    With memory h_1 ... h_T and a decoder's state s as query:

    $$e_{ij} = v^\top \tanh(W s_{i-1} + U h_j + b)$$
    $$\alpha_{ij} = \frac{\exp(e_{ij})}{\sum_k \exp(e_{ik})},\quad
      c_i = \sum_j \alpha_{ij}\, h_j$$

    Without a query the layer pools the memory: W s is left out, and one
    context stands for the utterance.

    Args:
        units: Width of the tanh layer.
        query_units: Width of the query, or None for pooling.

    Call arguments:
        memory: (batch, frames, channels), float.
        query: (batch, query_units) for one decoder step, or
            (batch, steps, query_units) for many; None for pooling. Many steps
            at once take a tensor of (batch, steps, frames, units).
        mask: (batch, frames), bool. True at the memory's true frames.
        keys: (batch, frames, units), float: `project(memory)`, which a decoder
            computes once and hands to every step. None computes it here.

    Input shape:
        (batch, frames, channels), float.

    Output shape:
        Context and weights. The weights are float32 and sum to 1 over frames.
        No query or one step: (batch, channels) and (batch, frames).
        Many steps: (batch, steps, channels) and (batch, steps, frames).

    Raises:
        ValueError: if `units` or `query_units` is below 1, if a query is given
            to a pooling layer, or none to another.

    Masking:
        Padded frames weigh exactly 0. The outputs carry no mask.

    Example:
        >>> memory = ops.ones((2, 5, 3))
        >>> context, weights = BahdanauAttention(7)(memory)
        >>> ops.convert_to_numpy(weights)[0]
        array([0.2, 0.2, 0.2, 0.2, 0.2], dtype=float32)
        >>> decoder = BahdanauAttention(7, query_units=11)
        >>> keys = decoder.project(memory)  # once an utterance
        >>> context, weights = decoder(memory, ops.ones((2, 11)), keys=keys)
        >>> context.shape, weights.shape
        (TensorShape([2, 3]), TensorShape([2, 5]))

    References:
        Bahdanau et al. 2015, Neural machine translation by jointly learning to
        align and translate, section 3.1 and appendix A.1.2.
    """

    def __init__(self, units, query_units=None, **kwargs):
        super().__init__(**kwargs)
        for name, value in (("units", units), ("query_units", query_units)):
            if value is not None and value < 1:
                raise ValueError(
                    f"`{name}` must be at least 1. Received: {name}={value}."
                )
        self.units = units
        self.query_units = query_units
        self.memory_projection = self._projection("memory", use_bias=True)
        self.query_projection = None
        if query_units is not None:
            self.query_projection = self._projection("query", use_bias=False)
        self.supports_masking = True

    def build(self, memory_shape):
        if not self.memory_projection.built:  # `project` may have come first
            self.memory_projection.build(memory_shape)
        if self.query_projection is not None:
            self.query_projection.build((None, self.query_units))
        self.score = self.add_weight(
            name="score",
            shape=(self.units,),
            initializer="glorot_uniform",
            autocast=False,
        )

    def project(self, memory):
        """Keys U h + b, (batch, frames, units), for the call argument `keys`."""
        return self.memory_projection(memory)

    def call(self, memory, query=None, mask=None, keys=None):
        self._check_query(query)
        mask = mask_of(memory, mask)
        steps = query is not None and len(query.shape) == 3
        hidden = (
            self.project(memory) if keys is None else keys
        )  # (batch, frames, units)
        if query is not None:
            shift = self.query_projection(query)  # (batch, ..., units)
            hidden = (hidden[:, None] if steps else hidden) + shift[..., None, :]
        scores = self._scores(hidden)  # (batch, ..., frames)
        if mask is not None and steps:
            mask = ops.expand_dims(mask, 1)  # (batch, 1, frames)
        weights = masked_softmax(scores, mask)
        return self._context(weights, memory), weights

    def compute_mask(self, inputs, previous_mask=None):
        return None

    def _scores(self, hidden):
        hidden = ops.tanh(ops.cast(hidden, "float32"))
        return ops.sum(hidden * self.score, axis=-1)

    def _context(self, weights, memory):
        weights = ops.cast(weights, memory.dtype)
        if len(weights.shape) == 3:
            return ops.matmul(weights, memory)  # (batch, steps, channels)
        return ops.squeeze(ops.matmul(weights[:, None], memory), 1)  # (batch, channels)

    def _check_query(self, query):
        if query is None and self.query_units is not None:
            raise ValueError(
                "`query` must be given to a layer with "
                f"query_units={self.query_units}. Received: query=None."
            )
        if query is not None and self.query_units is None:
            raise ValueError(
                "`query` needs a layer made with `query_units`. Received: a query "
                f"of shape {tuple(query.shape)}, and query_units=None."
            )

    def _projection(self, name, use_bias):
        return keras.layers.Dense(
            self.units, use_bias=use_bias, dtype=self.dtype_policy, name=name
        )

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "query_units": self.query_units,
        }
