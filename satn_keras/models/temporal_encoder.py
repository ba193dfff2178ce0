"""Encoder with self-attention, dilated causal TCN or BLSTM, of teacher and student."""

from typing import NamedTuple

import keras

from satn_keras.config import EncoderConfig
from satn_keras.layers import SelfAttention, TemporalBlock


class Encoded(NamedTuple):
    """What the encoder makes of a batch, each named for the layer it leaves."""

    last: object  # (batch, frames, width), the last level, normalised if asked
    context: object  # (batch, frames, attention_units)
    map: object  # (batch, heads, queries, keys), or as SelfAttention has it


def feature_inputs(bands: int, channels: int = 3) -> dict:
    """Symbolic `features` (batch, frames, bands, channels), `mask` (batch, frames)."""
    return {
        "features": keras.Input((None, bands, channels), name="features"),
        "mask": keras.Input((None,), dtype="bool", name="mask"),
    }


def temporal_levels(
    inputs: dict, config: EncoderConfig, seed: int | None, prefix: str = ""
):
    """Last of the levels `level_1`, `level_2`, ... over the frames.

    TCN levels of the residual block of Bai et al. 2018, or one BLSTM level (Zhao et
    al. 2021, section 4.3: 128 cells forward and 128 backward). With
    `level_normalization` each frame of a level is normalised before what follows; the
    level's own output, whose map is transferred, keeps its size. `prefix` begins the
    layers' names; features (batch, frames, channels) are taken as they are.
    """
    x = inputs["features"]
    if len(x.shape) == 4:
        bands, channels = x.shape[-2:]
        flatten = keras.layers.Reshape((-1, bands * channels), name=f"{prefix}flatten")
        x = flatten(x)
    if config.encoder == "blstm":
        return _recurrent_level(x, inputs["mask"], config, seed, prefix)
    for number, dilation_rate in enumerate(config.dilation_rates, start=1):
        x = TemporalBlock(
            config.filters,
            config.kernel_size,
            dilation_rate,
            dropout=config.dropout,
            weight_normalization=config.weight_normalization,
            num_convolutions=config.convolutions,
            activation=config.level_activation,
            batch_normalization=config.batch_normalization,
            # A block takes as many as it has convolutions.
            seed=None if seed is None else seed + config.convolutions * number,
            name=f"{prefix}level_{number}",
        )(x, mask=inputs["mask"])
        x = _normalized(x, config, f"{prefix}norm_{number}")
    return x


def _recurrent_level(x, mask, config, seed, prefix):
    cells = keras.layers.LSTM(
        config.lstm_units,
        return_sequences=True,
        zero_output_for_mask=True,  # padded frames stay zero, as in a TCN level
        name=f"{prefix}cells",
    )
    x = keras.layers.Bidirectional(cells, name=f"{prefix}level_1")(x, mask=mask)
    x = _normalized(x, config, f"{prefix}norm_1")
    # The TCN's dropout lies in its blocks; here it follows the only level.
    seed = None if seed is None else seed + 2
    name = f"{prefix}level_dropout"
    return keras.layers.Dropout(config.dropout, seed=seed, name=name)(x)


def _normalized(x, config, name):
    if config.level_normalization == "layer":
        return keras.layers.LayerNormalization(name=name)(x)
    return x


def encode(
    inputs: dict, config: EncoderConfig, seed: int | None = None, prefix: str = ""
) -> Encoded:
    """Levels and `self_attention` over the last of them.

    Zhao et al. 2021, sections 3.3 and 3.4.
    """
    last = temporal_levels(inputs, config, seed, prefix)
    context, attention_map = SelfAttention(
        config.attention_units,
        num_heads=config.attention_heads,
        causal=config.causal_attention,
        reach=config.attention_reach,
        chunk=config.attention_chunk,
        name=f"{prefix}self_attention",
    )(last, mask=inputs["mask"])
    return Encoded(last, context, attention_map)
