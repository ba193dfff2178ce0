"""Emotion recogniser: shallow TCN, attention, pooling, posterior."""

import keras

from satn_keras.config import StudentConfig
from satn_keras.layers import BahdanauAttention
from satn_keras.models.attentive_statistics import AttentiveStatistics
from satn_keras.models.pooling import MaskedPooling
from satn_keras.models.stream_joins import joined_inputs
from satn_keras.models.temporal_encoder import encode, feature_inputs, temporal_levels


def build_student(
    num_classes: int,
    config: StudentConfig | None = None,
    bands: int = 40,
    channels: int = 3,
    seed: int | None = None,
    name: str = "student",
    stream_bands: tuple[int, ...] | None = None,
) -> keras.Model:
    """Student of the self-attention transfer network.

    TCN levels (dilations 1, 2, 4, ...) or one BLSTM level; self-attention Z and its
    mean over true frames, or soft attention, which is the pooling; softmax (Zhao et
    al. 2021, sections 3.2 to 3.4 and 4.3). The article's Table 2 has all four, each
    trained without and with transfer. Depth of the TCN, its width, pooling, and a
    score of soft attention without decoder state are choices where it is silent.

    Args:
        num_classes: emotions.
        config: sizes; the defaults of `StudentConfig` when absent.
        bands: feature bands a frame.
        channels: static features and their derivatives.
        seed: of the dropout.
        name: of the model.
        stream_bands: bands of each feature stream, where `config.stream_join` is not
            "early"; see `joined_inputs`.

    Input shape:
        `features` (batch, frames, bands, channels) and `mask` (batch, frames), bool.

    Output shape:
        (batch, num_classes), float32 posterior.

    Raises:
        ValueError: if `num_classes` is below 2, or `stream_bands` do not fit.

    Example:
        >>> student = build_student(4, StudentConfig(filters=8, attention_units=8))
        >>> student.output_shape
        (None, 4)
        >>> [layer.name for layer in student.layers if "level" in layer.name]
        ['level_1', 'level_2', 'level_3']
    """
    if num_classes < 2:
        raise ValueError(
            f"`num_classes` must be at least 2. Received: num_classes={num_classes}."
        )
    config = config or StudentConfig()
    inputs = feature_inputs(bands, channels)
    branches = joined_inputs(inputs, config.stream_join, stream_bands, config.filters)
    pooled = [
        _encode_and_pool(own, config, _branch_seed(seed, number), prefix)
        for number, (prefix, own) in enumerate(branches.items())
    ]
    if len(pooled) > 1:
        pooled = [keras.layers.Concatenate(name="joined")(pooled)]
    (pooled,) = pooled
    if config.pooled_dropout:
        pooled = keras.layers.Dropout(
            config.pooled_dropout, seed=seed, name="pooled_dropout"
        )(pooled)
    posterior = keras.layers.Dense(
        num_classes, activation="softmax", dtype="float32", name="posterior"
    )(pooled)
    return keras.Model(inputs, posterior, name=name)


def _branch_seed(seed, number):
    """Of a branch's dropout; a branch has far fewer layers that drop out."""
    return None if seed is None else seed + 1000 * number


def _encode_and_pool(inputs, config, seed, prefix):
    """What a branch makes of its features: (batch, channels)."""
    if config.attention == "soft":
        memory = temporal_levels(inputs, config, seed, prefix)
        name = f"{prefix}attention_pooling"
        pooling = BahdanauAttention(config.attention_units, name=name)
        return pooling(memory, mask=inputs["mask"])[0]
    encoded = encode(inputs, config, seed, prefix)
    return _pool(encoded.context, inputs["mask"], config, f"{prefix}pooling")


def _pool(frames, mask, config, name):
    if config.pooling == "attention":
        pooling = BahdanauAttention(config.attention_units, name=name)
        return pooling(frames, mask=mask)[0]
    if config.pooling == "attentive_statistics":
        pooling = AttentiveStatistics(config.pooling_heads, name=name)
        return pooling(frames, mask=mask)
    return MaskedPooling(config.pooling, name=name)(frames, mask=mask)
