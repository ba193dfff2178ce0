"""Attention in a band, against loops over frames and against full attention."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.layers import SelfAttention, full_map, lengths_to_mask
from satn_keras.layers.banded_attention import attend_in_band, received_in_band
from tests.support.layer_contracts import numbers

HEADS, DEPTH = 3, 5
UNITS = HEADS * DEPTH
# Shorter than the reach, than a block of 32 frames, and of several blocks.
SIZES = [(1, 1), (5, 7), (23, 4), (37, 2), (101, 33), (101, 50), (97, 150)]


def attend(query, key, value, length, reach, causal):
    """Context and band of one utterance, query by query."""
    frames, heads, _ = query.shape
    band = np.zeros((heads, frames, reach + 1 if causal else 2 * reach + 1))
    context = np.zeros_like(value)
    for head in range(heads):
        for q in range(length):
            first, last = max(q - reach, 0), q if causal else min(q + reach, length - 1)
            keys = np.arange(first, last + 1)
            alpha = np.exp(key[keys, head] @ query[q, head])
            alpha /= alpha.sum()
            band[head, q, keys - q + reach] = alpha
            context[q, head] = alpha @ value[keys, head]
    return context, band


def triple(frames, batch=2):
    """Query, key and value."""
    parts = np.moveaxis(numbers(3, batch, frames, HEADS, DEPTH), 0, 0)
    return 0.7 * parts[0], parts[1], parts[2]


def pair_of_layers(**options):
    """Layer that attends nearby and one that attends to all, of equal weights."""
    nearby = SelfAttention(UNITS, num_heads=HEADS, **options)
    whole = SelfAttention(UNITS, num_heads=HEADS, causal=options.get("causal", False))
    for layer in (nearby, whole):
        layer.build((None, None, 7))
    whole.set_weights(nearby.get_weights())
    return nearby, whole


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("frames", "reach"), SIZES)
def test_context_and_band_are_those_of_a_loop_over_the_frames(frames, reach, causal):
    parts, lengths = triple(frames), [frames, max(frames - 6, 0)]
    context, band = attend_in_band(
        *map(tf.constant, parts), lengths_to_mask(lengths, frames), reach, causal
    )
    for i, length in enumerate(lengths):
        expected, rows = attend(*(p[i] for p in parts), length, reach, causal)
        np.testing.assert_allclose(band[i], rows, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(context[i], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("frames", [1, 11, 47])
def test_a_reach_over_the_whole_utterance_is_full_attention(frames, causal):
    nearby, whole = pair_of_layers(reach=47, causal=causal)
    x, mask = (
        numbers(2, frames, 7),
        lengths_to_mask([frames, (frames + 1) // 2], frames),
    )
    (context, band), (expected, weights) = nearby(x, mask=mask), whole(x, mask=mask)
    np.testing.assert_allclose(context, expected, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(full_map(band, 47), weights, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("causal", [False, True])
def test_the_gradient_is_that_of_full_attention_where_the_reach_covers_all(causal):
    nearby, whole = pair_of_layers(reach=41, causal=causal)
    x, target = tf.constant(numbers(2, 41, 7)), numbers(2, 41, UNITS)
    gradients = []
    for layer in (nearby, whole):
        with tf.GradientTape() as tape:
            tape.watch(x)
            context, _ = layer(x, mask=lengths_to_mask([41, 30], 41))
            loss = tf.reduce_mean((context - target) ** 2)
        gradients.append(tape.gradient(loss, [x, *layer.trainable_variables]))
    for ours, theirs in zip(*gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_a_frame_reaches_those_within_the_reach_and_no_other():
    layer = SelfAttention(UNITS, num_heads=HEADS, reach=9)
    x = numbers(1, 101, 7)
    changed = x.copy()
    changed[:, 50] += 3.0
    moved = np.abs(layer(x)[0] - layer(changed)[0]).max(axis=(0, 2))
    np.testing.assert_array_equal(np.flatnonzero(moved), np.arange(50 - 9, 50 + 10))


def test_full_map_puts_each_weight_of_a_band_in_its_row_and_column():
    band = np.arange(1.0, 13.0, dtype="float32").reshape(1, 1, 4, 3)
    # Row q: keys q - 1, q, q + 1; the first and last entries lie outside.
    expected = [[2, 3, 0, 0], [4, 5, 6, 0], [0, 7, 8, 9], [0, 0, 10, 11]]
    np.testing.assert_array_equal(full_map(band, reach=1)[0, 0], expected)


def test_full_map_of_a_causal_band_holds_no_future():
    band = np.arange(1.0, 13.0, dtype="float32").reshape(1, 1, 4, 3)
    # Row q: keys q - 2, q - 1, q.
    expected = [[3, 0, 0, 0], [5, 6, 0, 0], [7, 8, 9, 0], [0, 10, 11, 12]]
    np.testing.assert_array_equal(full_map(band, reach=2)[0, 0], expected)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("frames", "reach"), SIZES)
def test_what_a_frame_received_is_the_sum_of_its_column(frames, reach, causal):
    _, band = attend_in_band(*map(tf.constant, triple(frames)), None, reach, causal)
    columns = keras.ops.convert_to_numpy(full_map(band, reach)).sum(axis=2)
    received = received_in_band(band, reach, causal)
    np.testing.assert_allclose(received, columns, rtol=1e-5, atol=1e-6)


def test_dropout_leaves_the_band_whole_and_changes_the_context():
    layer = SelfAttention(UNITS, reach=3, dropout=0.5, seed=1)
    x = numbers(2, 11, 7)
    (still, still_band), (dropped, dropped_band) = layer(x), layer(x, training=True)
    np.testing.assert_array_equal(dropped_band, still_band)
    assert np.abs(dropped - still).max() > 0


def test_an_utterance_without_true_frames_gives_zeros_and_finite_gradients():
    layer, x = SelfAttention(UNITS, reach=2), tf.constant(numbers(1, 11, 7))
    with tf.GradientTape() as tape:
        tape.watch(x)
        context, band = layer(x, mask=lengths_to_mask([0], 11))
        loss = tf.reduce_sum(context**2)
    np.testing.assert_array_equal(band, 0.0)
    np.testing.assert_array_equal(tape.gradient(loss, x), 0.0)


@pytest.mark.parametrize("reach", [5, 40])
def test_no_tensor_of_the_traced_gradient_grows_with_the_square(reach):
    layer = SelfAttention(UNITS, num_heads=HEADS, reach=reach)
    layer.build((None, None, 7))
    largest = [_largest_tensor(layer, frames) for frames in (400, 800, 1600)]
    # Three times the reach, or a block of 32 frames and twice the reach.
    span = max(reach, 32) + 2 * reach + 1
    assert largest[-1] <= HEADS * (1600 + span) * span
    assert largest[2] < 2.2 * largest[1] < 2.2**2 * largest[0]


def _largest_tensor(layer, frames):
    """Entries of the largest tensor of a training step, from its graph."""

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x, training=True)[0] ** 2)
        return tape.gradient(loss, layer.trainable_variables)

    graph = step.get_concrete_function(tf.TensorSpec((1, frames, 7))).graph
    shapes = [t.shape for op in graph.get_operations() for t in op.outputs]
    return max(shape.num_elements() or 0 for shape in shapes if shape.rank is not None)
