"""Keras layers of self-attention transfer networks, and functions on masks."""

from satn_keras.layers.attention_map_transfer import AttentionMapTransfer
from satn_keras.layers.attention_pooling import AttentionPooling
from satn_keras.layers.bahdanau_attention import BahdanauAttention
from satn_keras.layers.cell_attention_pooling import CellAttentionPooling
from satn_keras.layers.dilated_causal_conv1d import DilatedCausalConv1D
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

__all__ = [
    "AttentionMapTransfer",
    "AttentionPooling",
    "BahdanauAttention",
    "CellAttentionPooling",
    "DilatedCausalConv1D",
    "SelfAttention",
    "TemporalBlock",
    "frame_count",
    "interpolate_frames",
    "lengths_to_mask",
    "mask_of",
    "masked_mean",
    "masked_softmax",
]
