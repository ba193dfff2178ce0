"""Dilated causal TCN with self-attention, shared by teacher and student."""

from typing import NamedTuple

import keras

from satn_keras.config import EncoderConfig
from satn_keras.layers import SelfAttention, TemporalBlock


class Encoded(NamedTuple):
    """What the encoder makes of a batch, each named for the layer it leaves."""

    last: object  # (batch, frames, filters), the last level, normalised if asked
    context: object  # (batch, frames, attention_units)
    map: object  # (batch, heads, queries, keys)


def feature_inputs(bands: int) -> dict:
    """Symbolic `features` (batch, frames, bands, 3) and `mask` (batch, frames)."""
    return {
        "features": keras.Input((None, bands, 3), name="features"),
        "mask": keras.Input((None,), dtype="bool", name="mask"),
    }


def temporal_levels(inputs: dict, config: EncoderConfig, seed: int | None):
    """Last of the TCN levels `level_1`, `level_2`, ... over the frames.

    With `level_normalization` "layer" each level's frames are normalised before the
    next level; the level's own output, whose map is transferred, keeps its size.
    """
    features = inputs["features"]
    bands, channels = features.shape[-2:]
    x = keras.layers.Reshape((-1, bands * channels), name="flatten")(features)
    for number, dilation_rate in enumerate(config.dilation_rates, start=1):
        x = TemporalBlock(
            config.filters,
            config.kernel_size,
            dilation_rate,
            dropout=config.dropout,
            weight_normalization=config.weight_normalization,
            seed=None if seed is None else seed + 2 * number,  # a block takes two
            name=f"level_{number}",
        )(x, mask=inputs["mask"])
        if config.level_normalization == "layer":
            x = keras.layers.LayerNormalization(name=f"norm_{number}")(x)
    return x


def encode(inputs: dict, config: EncoderConfig, seed: int | None = None) -> Encoded:
    """TCN levels and `self_attention` over the last of them.

    Zhao et al. 2021, sections 3.3 and 3.4; the residual block of Bai et al. 2018.
    """
    last = temporal_levels(inputs, config, seed)
    context, attention_map = SelfAttention(
        config.attention_units,
        num_heads=config.attention_heads,
        causal=config.causal_attention,
        name="self_attention",
    )(last, mask=inputs["mask"])
    return Encoded(last, context, attention_map)
