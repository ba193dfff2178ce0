"""Which students a stream can hear exactly, and why the others not."""

from __future__ import annotations

import keras

from satn_keras.features import FrontEnd
from satn_keras.layers import SelfAttention, TemporalBlock
from satn_keras.models.pooling import MaskedPooling

FRAME_BY_FRAME = ("none", "training", "whitening")  # modes of normalisation
# Each sees a frame alone, or frames before it.
CAUSAL = (
    keras.layers.InputLayer,
    keras.layers.Reshape,
    keras.layers.LayerNormalization,
    keras.layers.Dropout,
    keras.layers.Dense,
    TemporalBlock,
    MaskedPooling,
)


def why_not_exact(model: keras.Model, front_end) -> str:
    """What makes a student hear the whole utterance; empty where nothing does.

    Args:
        model: made by `build_student`.
        front_end: its `FrontEnd`.

    Example:
        >>> from satn_keras.config import FeatureConfig, StudentConfig
        >>> from satn_keras.models import build_student
        >>> front_end = FrontEnd(FeatureConfig(normalization="training"))
        >>> why_not_exact(build_student(4, StudentConfig()), front_end)
        '`student.causal_attention` is false'
    """
    if not isinstance(front_end, FrontEnd):
        return "its features are computed outside the model"
    mode = front_end.config.normalization
    if mode not in FRAME_BY_FRAME:
        return f"`features.normalization` {mode} needs more than the frames so far"
    if front_end.config.mel_scale == "pcen":
        return "`features.mel_scale` pcen remembers every frame before"
    return next(filter(None, map(_why_not_layer, model.layers)), "")


def _why_not_layer(layer):
    if isinstance(layer, keras.layers.Bidirectional):
        return "`student.encoder` blstm hears from the end backwards"
    if isinstance(layer, SelfAttention):
        if not layer.causal:
            return "`student.causal_attention` is false"
    elif not isinstance(layer, CAUSAL):
        return f"its layer {layer.name} hears the whole utterance at once"
    if layer.compute_dtype != "float32":
        return f"it computes in {layer.compute_dtype}, a stream in float32"
    return ""
