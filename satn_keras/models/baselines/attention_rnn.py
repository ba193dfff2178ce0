"""Attention RNN: dense layers, a BLSTM and its weighted mean over time."""

import keras

from satn_keras.config.systems import AttentionRnn
from satn_keras.models.attention_blstm import attention_blstm
from satn_keras.models.posterior import posterior
from satn_keras.models.temporal_encoder import feature_inputs


def build_attention_rnn(
    num_classes: int,
    config: AttentionRnn | None = None,
    bands: int = 16,
    channels: int = 2,
    seed: int | None = None,
    name: str = "attention_rnn",
) -> keras.Model:
    """Recurrent network with weighted pooling of Mirsamadi et al. 2017.

    Of the paper, as two public reimplementations agree on it: 32 values a frame (the
    16 low-level descriptors of openSMILE's IS09 set and their first derivatives),
    two dense layers of 512 ReLU units, dropout 0.5, a BLSTM of 128 cells a
    direction, the softmax over time of a linear score, and a softmax layer on the
    weighted mean. A choice where they differ: dropout follows both dense layers.

    Args:
        num_classes: emotions.
        config: sizes; the defaults of `AttentionRnn` when absent.
        bands: feature bands a frame.
        channels: static features, and derivatives where there are any.
        seed: of the dropout.
        name: of the model.

    Input shape:
        `features` (batch, frames, bands, channels) and `mask` (batch, frames), bool.

    Output shape:
        (batch, num_classes), float32 posterior.

    Raises:
        ValueError: if `num_classes` is below 2.

    Example:
        >>> network = build_attention_rnn(4)
        >>> network.output_shape
        (None, 4)

    References:
        Mirsamadi, Barsoum, Zhang, Automatic speech emotion recognition using
        recurrent neural networks with local attention, ICASSP 2017.
    """
    config = config or AttentionRnn(name="attention_rnn")
    inputs = feature_inputs(bands, channels)
    x = keras.layers.Reshape((-1, bands * channels), name="flatten")(inputs["features"])
    for number in (1, 2):
        x = keras.layers.Dense(
            config.dense_units, activation="relu", name=f"dense_{number}"
        )(x)
        x = keras.layers.Dropout(
            config.dropout,
            seed=None if seed is None else seed + number,
            name=f"dropout_{number}",
        )(x)
    pooled = attention_blstm(x, inputs["mask"], config.lstm_units)
    return keras.Model(inputs, posterior(pooled, num_classes), name=name)
