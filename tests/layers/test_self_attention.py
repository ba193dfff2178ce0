"""Self-attention, against its equation written in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.layers import SelfAttention, lengths_to_mask
from tests.support.layer_contracts import numbers

HEADS, DEPTH = 3, 7
UNITS = HEADS * DEPTH


def attend(x, layer, length, causal):
    """Context and map of one utterance, head by head and query by query."""
    query, key, value = (
        x @ dense.kernel.numpy() for dense in (layer.query, layer.key, layer.value)
    )
    context, weights = np.zeros((len(x), UNITS)), np.zeros((HEADS, len(x), len(x)))
    for head in range(HEADS):
        part = slice(head * DEPTH, (head + 1) * DEPTH)
        for q in range(length):
            keys = q + 1 if causal else length
            scores = key[:keys, part] @ query[q, part] / np.sqrt(DEPTH)
            alpha = np.exp(scores) / np.exp(scores).sum()
            weights[head, q, :keys] = alpha
            context[q, part] = alpha @ value[:keys, part]
    return context, weights


@pytest.mark.parametrize("causal", [False, True])
def test_context_and_map_are_those_of_the_equation(causal):
    layer = SelfAttention(UNITS, num_heads=HEADS, causal=causal)
    x, lengths = numbers(2, 11, 5), [11, 6]
    context, weights = layer(x, mask=lengths_to_mask(lengths, 11))
    for i, length in enumerate(lengths):
        expected_context, expected_weights = attend(x[i], layer, length, causal)
        np.testing.assert_allclose(weights[i], expected_weights, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(context[i], expected_context, rtol=1e-4, atol=1e-5)


def test_two_frames_by_hand():
    layer = SelfAttention(1)
    x = np.array([[[0.0], [1.0]]], dtype="float32")
    layer.build(x.shape)
    layer.query.kernel.assign([[1.0]])
    layer.key.kernel.assign([[np.log(3.0)]])
    layer.value.kernel.assign([[8.0]])
    context, weights = layer(x)
    # Scores: frame 0 asks with 0, frame 1 with 1; keys are 0 and ln 3.
    np.testing.assert_allclose(weights[0, 0], [[0.5, 0.5], [0.25, 0.75]], rtol=1e-6)
    np.testing.assert_allclose(context[0], [[4.0], [6.0]], rtol=1e-6)


@pytest.mark.parametrize("output_projection", [False, True])
def test_padded_queries_keys_and_contexts_are_exactly_zero(output_projection):
    layer = SelfAttention(
        UNITS, num_heads=HEADS, use_bias=True, output_projection=output_projection
    )
    layer.build((None, None, 5))
    layer.set_weights([numbers(*w.shape) for w in layer.weights])
    context, weights = layer(numbers(2, 11, 5), mask=lengths_to_mask([11, 6], 11))
    np.testing.assert_array_equal(weights[1, :, 6:], 0.0)
    np.testing.assert_array_equal(weights[1, :, :, 6:], 0.0)
    np.testing.assert_array_equal(context[1, 6:], 0.0)
    assert np.abs(context[1, :6]).min() > 0


def test_causal_attention_sees_nothing_after_a_frame():
    layer = SelfAttention(UNITS, num_heads=HEADS, causal=True)
    x = numbers(1, 11, 5)
    changed = x.copy()
    changed[:, 6:] += 1.0
    before, after = layer(x)[0].numpy(), layer(changed)[0].numpy()
    np.testing.assert_array_equal(before[:, :6], after[:, :6])
    assert np.abs(before[:, 6:] - after[:, 6:]).min() > 0


def test_no_gradient_reaches_padded_frames():
    layer = SelfAttention(UNITS, num_heads=HEADS)
    x = tf.constant(numbers(2, 11, 5))
    with tf.GradientTape() as tape:
        tape.watch(x)
        context, weights = layer(x, mask=lengths_to_mask([11, 6], 11))
        loss = tf.reduce_sum(context**2) + tf.reduce_sum(weights**2)
    gradient = tape.gradient(loss, x).numpy()
    np.testing.assert_array_equal(gradient[1, 6:], 0.0)
    assert np.abs(gradient[1, :6]).min() > 0


def test_an_utterance_without_true_frames_gives_zeros_and_finite_gradients():
    layer = SelfAttention(UNITS)
    x = tf.constant(numbers(1, 11, 5))
    with tf.GradientTape() as tape:
        tape.watch(x)
        context, weights = layer(x, mask=lengths_to_mask([0], 11))
        loss = tf.reduce_sum(context**2)
    np.testing.assert_array_equal(weights, 0.0)
    np.testing.assert_array_equal(tape.gradient(loss, x), 0.0)


def test_the_context_carries_the_mask_and_the_map_none():
    masked = keras.layers.Masking()(np.ones((2, 3, 5), "float32"))
    context, weights = SelfAttention(UNITS)(masked)
    assert context._keras_mask.shape == (2, 3)
    assert getattr(weights, "_keras_mask", None) is None


def test_a_mask_attached_by_keras_counts_like_one_given_by_hand():
    x = numbers(2, 11, 5)
    x[1, 6:] = 0.0
    layer = SelfAttention(UNITS)
    implicit = layer(keras.layers.Masking()(x))[1]
    np.testing.assert_array_equal(implicit, layer(x, mask=np.any(x != 0, -1))[1])


def test_dropout_leaves_the_returned_map_whole():
    layer = SelfAttention(UNITS, dropout=0.5, seed=1)
    x = numbers(2, 11, 5)
    (still, still_map), (dropped, dropped_map) = layer(x), layer(x, training=True)
    np.testing.assert_array_equal(dropped_map, still_map)
    assert np.abs(dropped - still).max() > 0


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_the_map_is_float32_under_mixed_precision(policy):
    context, weights = SelfAttention(UNITS, dtype=policy)(100 * numbers(2, 11, 5))
    assert context.dtype == policy.removeprefix("mixed_")
    assert weights.dtype == "float32"
    np.testing.assert_allclose(tf.reduce_sum(weights, -1), np.ones((2, 1, 11)), 1e-5)


def test_scores_may_exceed_the_range_of_float16():
    layer = SelfAttention(1, dtype="mixed_float16")
    x = np.array([[[0.0], [255.0], [256.0]]], dtype="float32")
    layer.build(x.shape)
    for dense, kernel in ((layer.query, 128.0), (layer.key, 1.0), (layer.value, 1.0)):
        dense.kernel.assign([[kernel]])
    context, weights = layer(x)  # scores near 128 x 256 x 256; float16 ends at 65504
    np.testing.assert_array_equal(weights[0, 0, 2], [0.0, 0.0, 1.0])
    np.testing.assert_array_equal(context[0, 2], [256.0])


@pytest.mark.parametrize(("units", "num_heads"), [(7, 2), (0, 1), (7, 0)])
def test_heads_that_do_not_divide_the_units_are_refused(units, num_heads):
    with pytest.raises(ValueError, match=f"divide `units`.*units={units}, num_heads"):
        SelfAttention(units, num_heads=num_heads)


@pytest.mark.parametrize("option", ["reach", "chunk"])
def test_a_reach_or_chunk_of_no_frame_is_refused(option):
    with pytest.raises(ValueError, match=f"`{option}` must be at least 1.*{option}=0"):
        SelfAttention(UNITS, **{option: 0})


def test_reach_and_chunk_together_are_refused():
    with pytest.raises(ValueError, match="not both. Received: reach=3, chunk=5"):
        SelfAttention(UNITS, reach=3, chunk=5)


@pytest.mark.parametrize("options", [{}, {"reach": 11}, {"chunk": 4}])
def test_every_way_tells_the_same_of_what_each_frame_received(options):
    layer = SelfAttention(UNITS, num_heads=HEADS, **options)
    layer.build((None, None, 5))
    layer.set_weights([numbers(*w.shape) for w in layer.weights])
    x, lengths = numbers(3, 11, 5), [11, 6, 0]
    _, weights = layer(x, mask=lengths_to_mask(lengths, 11))
    received = layer.received(weights).numpy()
    for i, length in enumerate(lengths[:2]):
        _, expected = attend(x[i], layer, length, causal=False)
        shares = expected[:, :length].mean(axis=(0, 1))  # over heads and true queries
        np.testing.assert_allclose(received[i], shares, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(received[2], 0.0)
