"""Recurrent network from frames to log posteriors of the emotions and of Null."""

import keras

from satn_keras.config import systems

NULL = 0  # output that stands for no emotion; emotion k is output k + 1


def build_sequence_network(
    num_classes: int,
    config: systems.RnnElm | None = None,
    bands: int = 16,
    channels: int = 2,
    seed: int | None = None,
    name: str = "sequence_network",
) -> keras.Model:
    """Sequence network of the RNN-ELM.

    From the paper: 32 values a frame; two BLSTM layers of 128 cells, 64 forward and
    64 backward; softmax over the emotions and a class Null (Lee & Tashev 2015,
    sections 3 and 4). Dropout after each layer, none by default, is an addition.
    `NullClassLoss` trains it.

    Args:
        num_classes: emotions, without Null.
        config: sizes; the paper's when absent.
        bands: feature bands a frame.
        channels: of each band; static value and derivative are two.
        seed: of the initial weights and the dropout.
        name: of the model.

    Input shape:
        `features` (batch, frames, bands, channels) and `mask` (batch, frames), bool.

    Output shape:
        (batch, frames, num_classes + 1), float32 log posterior. Output 0 is Null,
        output k + 1 is emotion k. Padded frames carry no meaning.

    Raises:
        ValueError: if `num_classes` is below 2.

    Example:
        >>> build_sequence_network(4).output_shape
        (None, None, 5)

    References:
        Lee & Tashev, High-level feature representation using recurrent neural
        network for speech emotion recognition, Interspeech 2015.
    """
    if num_classes < 2:
        raise ValueError(
            f"`num_classes` must be at least 2. Received: num_classes={num_classes}."
        )
    config = config or systems.RnnElm(name="rnn_elm")
    inputs = {
        "features": keras.Input((None, bands, channels), name="features"),
        "mask": keras.Input((None,), dtype="bool", name="mask"),
    }
    flat = keras.layers.Reshape((-1, bands * channels), name="flatten")
    x = flat(inputs["features"])
    for number in range(1, config.num_layers + 1):
        own_seed = None if seed is None else seed + 2 * number  # a layer takes two
        x = _blstm(config.lstm_units, own_seed, number)(x, mask=inputs["mask"])
        x = keras.layers.Dropout(
            config.dropout, seed=own_seed, name=f"dropout_{number}"
        )(x)
    log_posterior = keras.layers.Dense(
        num_classes + 1,
        activation="log_softmax",
        kernel_initializer=keras.initializers.GlorotUniform(seed),
        dtype="float32",
        name="log_posterior",
    )(x)
    return keras.Model(inputs, log_posterior, name=name)


def _blstm(units, seed, number):
    """Layer whose two directions begin with different weights."""
    forward, backward = (
        keras.layers.LSTM(
            units,
            return_sequences=True,
            go_backwards=direction == 1,
            zero_output_for_mask=True,
            kernel_initializer=keras.initializers.GlorotUniform(own_seed),
            recurrent_initializer=keras.initializers.Orthogonal(seed=own_seed),
            name=("forward", "backward")[direction],
        )
        for direction, own_seed in enumerate(
            (None, None) if seed is None else (seed, seed + 1)
        )
    )
    return keras.layers.Bidirectional(
        forward, backward_layer=backward, name=f"blstm_{number}"
    )
