"""Dilated causal TCN with self-attention, shared by teacher and student."""

from typing import NamedTuple

import keras

from satn_keras.config import EncoderConfig
from satn_keras.layers import SelfAttention, TemporalBlock


class Encoded(NamedTuple):
    """What the encoder makes of a batch, each named for the layer it leaves."""

    levels: list  # one (batch, frames, filters) a TCN level
    context: object  # (batch, frames, attention_units)
    map: object  # (batch, heads, queries, keys)


def feature_inputs(bands: int) -> dict:
    """Symbolic `features` (batch, frames, bands, 3) and `mask` (batch, frames)."""
    return {
        "features": keras.Input((None, bands, 3), name="features"),
        "mask": keras.Input((None,), dtype="bool", name="mask"),
    }


def temporal_levels(inputs: dict, config: EncoderConfig, seed: int | None) -> list:
    """Outputs of the TCN levels `level_1`, `level_2`, ... over the frames."""
    features = inputs["features"]
    bands, channels = features.shape[-2:]
    x = keras.layers.Reshape((-1, bands * channels), name="flatten")(features)
    levels = []
    for number, dilation_rate in enumerate(config.dilation_rates, start=1):
        x = TemporalBlock(
            config.filters,
            config.kernel_size,
            dilation_rate,
            dropout=config.dropout,
            weight_normalization=config.weight_normalization,
            seed=None if seed is None else seed + number,
            name=f"level_{number}",
        )(x, mask=inputs["mask"])
        levels.append(x)
    return levels


def encode(inputs: dict, config: EncoderConfig, seed: int | None = None) -> Encoded:
    """TCN levels and `self_attention` over the last of them.

    Zhao et al. 2021, sections 3.3 and 3.4; the residual block of Bai et al. 2018.
    """
    levels = temporal_levels(inputs, config, seed)
    context, attention_map = SelfAttention(
        config.attention_units,
        num_heads=config.attention_heads,
        causal=config.causal_attention,
        name="self_attention",
    )(levels[-1], mask=inputs["mask"])
    return Encoded(levels, context, attention_map)
