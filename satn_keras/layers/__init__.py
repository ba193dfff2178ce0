"""Keras layers of self-attention transfer networks, and functions on masks."""

from satn_keras.layers.attention_map_transfer import AttentionMapTransfer
from satn_keras.layers.attention_pooling import AttentionPooling
from satn_keras.layers.bahdanau_attention import BahdanauAttention
from satn_keras.layers.banded_attention import full_map
from satn_keras.layers.cell_attention_pooling import CellAttentionPooling
from satn_keras.layers.chunked_copy import chunked_copy
from satn_keras.layers.dilated_causal_conv1d import DilatedCausalConv1D
from satn_keras.layers.gradient_reversal import GradientReversal
from satn_keras.layers.interpolation import interpolate_frames
from satn_keras.layers.masks import (
    frame_count,
    lengths_to_mask,
    mask_of,
    masked_mean,
    masked_softmax,
)
from satn_keras.layers.self_attention import SelfAttention
from satn_keras.layers.temporal_block import TemporalBlock
from satn_keras.layers.whole_map import whole_map

__all__ = [
    "AttentionMapTransfer",
    "AttentionPooling",
    "BahdanauAttention",
    "CellAttentionPooling",
    "DilatedCausalConv1D",
    "GradientReversal",
    "SelfAttention",
    "TemporalBlock",
    "chunked_copy",
    "frame_count",
    "full_map",
    "interpolate_frames",
    "lengths_to_mask",
    "mask_of",
    "masked_mean",
    "masked_softmax",
    "whole_map",
]
