"""Descriptors of the package's layers; sizes are distinct primes."""

import keras
import numpy as np

from satn_keras import layers
from tests.support.contracts import Contract

BATCH, FRAMES, CHANNELS, UNITS, STEPS, QUERY = 2, 11, 5, 7, 3, 13


def numbers(*shape):
    """Standard normal numbers, the same for the same shape."""
    return np.random.default_rng(shape).standard_normal(shape).astype("float32")


def softmax_maps(*shape):
    """Positive numbers that sum to 1 over the last axis."""
    weights = np.exp(numbers(*shape))
    return weights / weights.sum(-1, keepdims=True)


def first_output_mean(outputs):
    """Loss of a layer whose output is a loss."""
    return keras.ops.mean(outputs[0])


def _over_frames(name, make):
    return Contract(
        name,
        make,
        {"inputs": numbers(BATCH, FRAMES, CHANNELS)},
        {"inputs": (1,)},
        ((1,),),
    )


def _self_attention(name, make, map_axes=(2, 3)):
    return Contract(
        name,
        make,
        {"inputs": numbers(BATCH, FRAMES, CHANNELS)},
        {"inputs": (1,)},
        ((1,), map_axes),
    )


def _long_attention(name, **changes):
    """Self-attention of three heads whose memory is linear in the frames."""
    options = {"num_heads": 3, "dropout": 0.1, "seed": 1, "name": "attention"}
    return _self_attention(
        name, lambda: layers.SelfAttention(3 * UNITS, **options, **changes), (2,)
    )


def _bahdanau(name, make, query=None, weights_axes=(1,)):
    arguments = {"memory": numbers(BATCH, FRAMES, CHANNELS)}
    if query is not None:
        arguments["query"] = query
    return Contract(
        name, make, arguments, {"memory": (1,), "query": ()}, ((), weights_axes)
    )


def _transfer(name, make, student, teacher, student_axes, teacher_axes):
    return Contract(
        name,
        make,
        {"student": student, "teacher": teacher},
        {"student": student_axes, "teacher": teacher_axes},
        ((),),
        loss=first_output_mean,
    )


LAYER_CONTRACTS = (
    _over_frames(
        "convolution",
        lambda: layers.DilatedCausalConv1D(
            UNITS, 2, 3, activation="relu", kernel_regularizer="l2", name="convolution"
        ),
    ),
    _over_frames(
        "weight_normalized_convolution",
        lambda: layers.DilatedCausalConv1D(
            UNITS, 3, 2, weight_normalization=True, kernel_regularizer="l2", name="wn"
        ),
    ),
    _over_frames(
        "temporal_block",
        lambda: layers.TemporalBlock(UNITS, 3, 2, seed=1, name="block"),
    ),
    _over_frames(
        "temporal_block_of_one_convolution",
        lambda: layers.TemporalBlock(
            CHANNELS,
            2,
            1,
            dropout=0.0,
            weight_normalization=False,
            num_convolutions=1,
            name="block",
        ),
    ),
    _self_attention(
        "self_attention", lambda: layers.SelfAttention(UNITS, name="attention")
    ),
    _self_attention(
        "causal_self_attention_of_three_heads",
        lambda: layers.SelfAttention(
            3 * UNITS,
            num_heads=3,
            causal=True,
            dropout=0.1,
            use_bias=True,
            output_projection=True,
            seed=1,
            name="attention",
        ),
    ),
    _long_attention("self_attention_in_a_band", reach=2),
    _long_attention("self_attention_in_a_causal_band", reach=3, causal=True),
    _long_attention("self_attention_in_a_band_wider_than_the_utterance", reach=13),
    _long_attention("self_attention_in_chunks", chunk=4),
    _long_attention("causal_self_attention_in_chunks", chunk=5, causal=True),
    _bahdanau(
        "attention_pooling", lambda: layers.BahdanauAttention(UNITS, name="soft")
    ),
    _bahdanau(
        "attention_of_one_step",
        lambda: layers.BahdanauAttention(UNITS, query_units=QUERY, name="soft"),
        numbers(BATCH, QUERY),
    ),
    _bahdanau(
        "attention_of_many_steps",
        lambda: layers.BahdanauAttention(UNITS, query_units=QUERY, name="soft"),
        numbers(BATCH, STEPS, QUERY),
        weights_axes=(2,),
    ),
    Contract(
        "weighted_pooling",
        lambda: layers.AttentionPooling(name="pooling"),
        {"inputs": numbers(BATCH, FRAMES, CHANNELS)},
        {"inputs": (1,)},
        ((), (1,)),
    ),
    Contract(
        "pooling_of_cells",
        lambda: layers.CellAttentionPooling(UNITS, scale=0.3, name="pooling"),
        {"inputs": numbers(BATCH, FRAMES, 3, CHANNELS)},
        {"inputs": (1,)},
        ((), (1,)),
    ),
    Contract(
        "gradient_reversal",
        lambda: layers.GradientReversal(0.5, name="reversal"),
        {"inputs": numbers(BATCH, FRAMES, CHANNELS)},
        {"inputs": (1,)},
        ((1,),),
        # Turned round twice the gradient lowers a loss again.
        call=lambda layer, arguments, mask: layer(layer(arguments["inputs"])),
        learning_rate=0.1,
    ),
    _transfer(
        "activation_transfer",
        lambda: layers.AttentionMapTransfer(name="transfer"),
        numbers(BATCH, FRAMES, CHANNELS),
        numbers(BATCH, FRAMES, UNITS),
        (1,),
        (1,),
    ),
    _transfer(
        "self_attention_transfer",
        lambda: layers.AttentionMapTransfer(
            "attention", normalization="l2", distance="l2", name="transfer"
        ),
        softmax_maps(BATCH, 3, FRAMES, FRAMES),
        softmax_maps(BATCH, FRAMES, FRAMES),
        (2, 3),
        (1, 2),
    ),
    _transfer(
        "soft_attention_transfer",
        lambda: layers.AttentionMapTransfer("attention", name="transfer"),
        softmax_maps(BATCH, FRAMES),
        softmax_maps(BATCH, STEPS, FRAMES),
        (1,),
        (2,),
    ),
)
