"""LSTM decoder that reads an encoded utterance through Bahdanau attention."""

import keras
from keras import ops

from satn_keras.layers import BahdanauAttention


@keras.saving.register_keras_serializable(package="satn_keras")
class SpeechDecoder(keras.layers.Layer):
    r"""Attention decoder over tokens.

    At step i, with encoder states h and decoder state s (Zhao et al. 2021,
    section 3.2; Bahdanau et al. 2015, appendix A.2):

    1. $c_i = \sum_j \alpha_{ij} h_j$ with $\alpha_i$ from $s_{i-1}$ and h; with
       `query_token` also from $y_{i-1}$, so that the query knows what was written
       last (as in the conditional decoder of Sennrich et al. 2017), and with
       `location_filters` also from $\alpha_{i-1}$: the filters see where the step
       before listened, and their output joins $U h_j$ (Chorowski et al. 2015, eq. 9);
    2. $s_i = \mathrm{LSTM}(s_{i-1}, [y_{i-1}; c_i])$;
    3. $y_i = g(s_i, c_i)$, g one tanh layer and a linear one.

    Args:
        num_tokens: size of the token inventory.
        units: LSTM cells.
        embedding_units: width of the embedding of the token before.
        alignment_units: width of the attention's tanh layer.
        query_token: whether the token before is part of the query.
        location_filters: filters over the alignment of the step before; 0 leaves
            the attention to content alone.
        location_width: taps of those filters, in frames.
        dropout: rate on embeddings and on the input of g.
        sampling: share of the tokens before that are the decoder's own guesses
            in training (parallel scheduled sampling, Duckworth et al. 2019).

    Call arguments:
        memory: (batch, frames, channels), encoder states.
        tokens: (batch, steps), int, the token before each step, first `sos`.
        mask: (batch, frames), true frames of the memory.

    Output shape:
        Logits (batch, steps, num_tokens) and alignment (batch, steps, frames), both
        float32.

    References:
        Bahdanau et al., Neural machine translation by jointly learning to align
        and translate, 2015. Chorowski et al., Attention-based models for speech
        recognition, 2015. Sennrich et al., Nematus, 2017. Duckworth et al., Parallel
        scheduled sampling, 2019.
    """

    def __init__(
        self,
        num_tokens,
        units=256,
        embedding_units=64,
        alignment_units=256,
        query_token=False,
        location_filters=0,
        location_width=31,
        dropout=0.0,
        sampling=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.num_tokens = num_tokens
        self.units = units
        self.embedding_units = embedding_units
        self.alignment_units = alignment_units
        self.query_token = query_token
        self.location_filters = location_filters
        self.location_width = location_width
        self.dropout = dropout
        self.sampling = sampling
        self.seed = seed
        dtype = self.dtype_policy
        self.embedding = keras.layers.Embedding(
            num_tokens, embedding_units, dtype=dtype, name="embedding"
        )
        self.attention = BahdanauAttention(
            alignment_units,
            query_units=units + embedding_units if query_token else units,
            dtype=dtype,
            name="attention",
        )
        if location_filters:
            self.location = keras.layers.Conv1D(
                location_filters,
                location_width,
                padding="same",
                use_bias=False,
                dtype=dtype,
                name="location",
            )
            self.location_keys = keras.layers.Dense(
                alignment_units, use_bias=False, dtype=dtype, name="location_keys"
            )
        self.cell = keras.layers.LSTMCell(units, dtype=dtype, name="cell")
        self.hidden = keras.layers.Dense(
            units, activation="tanh", dtype=dtype, name="hidden"
        )
        self.logits = keras.layers.Dense(num_tokens, dtype="float32", name="logits")
        self.drop = keras.layers.Dropout(dropout, seed=seed, dtype=dtype, name="drop")
        # A seed of its own, or it would draw what the dropout draws.
        self.random = keras.random.SeedGenerator(None if seed is None else seed + 1)
        self.supports_masking = True
        # XLA differentiates no loop whose number of steps a graph does not know.
        self.supports_jit = False

    def build(self, memory_shape, tokens_shape=None):
        channels = memory_shape[-1]
        self.embedding.build((None, None))
        self.attention.build(memory_shape)
        if self.location_filters:
            self.location.build((None, None, 1))
            self.location_keys.build((None, None, self.location_filters))
        self.cell.build((None, self.embedding_units + channels))
        self.hidden.build((None, None, self.units + channels))
        self.logits.build((None, None, self.units))

    def call(self, memory, tokens, mask=None, training=None):
        logits, alignment = self._read(memory, tokens, mask, training)
        if training and self.sampling:
            guesses = ops.cast(ops.argmax(logits, axis=-1), tokens.dtype)
            before = ops.concatenate([tokens[:, :1], guesses[:, :-1]], axis=1)
            chance = keras.random.uniform(ops.shape(tokens), seed=self.random)
            swap = ops.logical_and(chance < self.sampling, tokens > 0)
            mixed = ops.where(swap, before, tokens)
            logits, alignment = self._read(memory, mixed, mask, training)
        return logits, alignment

    def initial_state(self, memory):
        """Zero LSTM state, context and weights for a batch of memories."""
        batch, frames, channels = ops.shape(memory)
        dtype = self.compute_dtype
        state = ops.zeros((batch, self.units), dtype=dtype)
        context = ops.zeros((batch, channels), dtype=dtype)
        return state, state, context, ops.zeros((batch, frames), dtype="float32")

    def step(self, memory, keys, mask, state, token):
        """State after one token, from the state before it.

        Args:
            memory: (batch, frames, channels).
            keys: (batch, frames, alignment_units), `attention.project(memory)`.
            mask: (batch, frames) or None.
            state: (hidden, cell, context, weights) of the step before.
            token: (batch,), int, the token before.
        """
        return self._advance(memory, keys, mask, state, self.embedding(token))

    def emit(self, hidden, context, training=None):
        """Logits of g(s_i, c_i); steps may lie on a middle axis."""
        joined = ops.concatenate([hidden, context], axis=-1)
        return self.logits(self.hidden(self.drop(joined, training=training)))

    def _read(self, memory, tokens, mask, training):
        keys = self.attention.project(memory)
        embedded = self.drop(self.embedding(tokens), training=training)

        def advance(state, token):
            state = self._advance(memory, keys, mask, state, token)
            return state, state

        _, (hidden, _, context, weights) = ops.scan(
            advance, self.initial_state(memory), ops.swapaxes(embedded, 0, 1)
        )  # each (steps, batch, ...)
        hidden, context, weights = (
            ops.swapaxes(x, 0, 1) for x in (hidden, context, weights)
        )
        return self.emit(hidden, context, training), weights

    def _advance(self, memory, keys, mask, state, embedded):
        hidden, cell, _, before = state
        if self.location_filters:
            heard = self.location(ops.cast(before, self.compute_dtype)[..., None])
            keys = keys + self.location_keys(heard)  # (batch, frames, units)
        query = hidden
        if self.query_token:
            query = ops.concatenate([hidden, embedded], axis=-1)
        context, weights = self.attention(memory, query=query, mask=mask, keys=keys)
        context = ops.cast(context, self.compute_dtype)
        joined = ops.concatenate([embedded, context], axis=-1)
        hidden, (hidden, cell) = self.cell(joined, [hidden, cell])
        return hidden, cell, context, weights

    def compute_output_spec(self, memory, tokens, mask=None, training=None):
        batch, steps = tokens.shape
        return (
            keras.KerasTensor((batch, steps, self.num_tokens), dtype="float32"),
            keras.KerasTensor((batch, steps, memory.shape[1]), dtype="float32"),
        )

    def compute_mask(self, memory, tokens=None, mask=None):
        return None, None

    def get_config(self):
        return {
            **super().get_config(),
            "num_tokens": self.num_tokens,
            "units": self.units,
            "embedding_units": self.embedding_units,
            "alignment_units": self.alignment_units,
            "query_token": self.query_token,
            "location_filters": self.location_filters,
            "location_width": self.location_width,
            "dropout": self.dropout,
            "sampling": self.sampling,
            "seed": self.seed,
        }
