"""Attention some queries at a time, against attention to all frames at once."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.layers import SelfAttention, lengths_to_mask
from satn_keras.layers.chunked_attention import attend_in_chunks
from satn_keras.layers.full_attention import attend_fully
from tests.support.layer_contracts import numbers

HEADS, DEPTH = 3, 5
UNITS = HEADS * DEPTH
SIZES = [(1, 4), (11, 4), (12, 4), (23, 1), (23, 23), (23, 100)]


def pair_of_layers(chunk, **options):
    """Layer that attends in chunks and one that does at once, of equal weights."""
    layers = [
        SelfAttention(UNITS, num_heads=HEADS, **options, **changes)
        for changes in ({"chunk": chunk}, {})
    ]
    for layer in layers:
        layer.build((None, None, 7))
    layers[1].set_weights(layers[0].get_weights())
    return layers


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("frames", "chunk"), SIZES)
def test_context_and_columns_are_those_of_full_attention(frames, chunk, causal):
    parts = [tf.constant(part) for part in numbers(3, 2, frames, HEADS, DEPTH)]
    mask = lengths_to_mask([frames, max(frames - 6, 0)], frames)
    context, received = attend_in_chunks(*parts, mask, chunk, causal)
    expected, weights = attend_fully(*parts, mask, causal)
    columns = tf.reduce_sum(weights, axis=2)
    np.testing.assert_allclose(context, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(received, columns, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("compiled", ["eager", "graph", "xla"])
def test_the_gradients_of_both_outputs_are_those_of_full_attention(causal, compiled):
    chunked, whole = pair_of_layers(4, causal=causal, use_bias=True)
    x, mask = tf.constant(numbers(2, 23, 7)), lengths_to_mask([23, 14], 23)
    target, shares = numbers(2, 23, UNITS), numbers(2, HEADS, 23)

    def gradients(layer):
        with tf.GradientTape() as tape:
            tape.watch(x)
            context, weights = layer(x, mask=mask)
            received = weights if layer.chunk else tf.reduce_sum(weights, axis=2)
            loss = tf.reduce_mean((context - target) ** 2)
            loss += tf.reduce_mean((received - shares) ** 2)
        return tape.gradient(loss, [x, *layer.trainable_variables])

    expected = gradients(whole)
    if compiled != "eager":
        gradients = tf.function(gradients, jit_compile=compiled == "xla")
    for ours, theirs in zip(gradients(chunked), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_the_gradient_drops_the_weights_that_the_context_dropped():
    layer = SelfAttention(UNITS, num_heads=HEADS, chunk=4, dropout=0.5, seed=3)
    layer.build((None, None, 7))
    x, target = tf.constant(numbers(2, 11, 7)), numbers(2, 11, UNITS)
    step = 1e-2 * numbers(2, 11, 7)
    state = layer.weights_dropout.seed_generator.state

    def loss(x):
        state.assign([3, 0])  # the same draws each time
        return tf.reduce_sum(layer(x, training=True)[0] * target)

    with tf.GradientTape() as tape:
        tape.watch(x)
        here = loss(x)
    slope = tf.reduce_sum(tape.gradient(here, x) * step)
    rise = (loss(x + step) - loss(x - step)) / 2
    np.testing.assert_allclose(slope, rise, rtol=1e-2)
    assert abs(float(rise)) > 1e-2


def test_each_chunk_and_each_step_drops_other_weights():
    layer = SelfAttention(UNITS, chunk=3, dropout=0.5, seed=3)
    same = np.ones((1, 6, 7), "float32")  # full attention: all contexts alike
    first, second = (layer(same, training=True)[0].numpy() for _ in range(2))
    still = layer(same)[0].numpy()
    assert np.abs(first[:, :3] - first[:, 3:]).max() > 1e-3
    assert np.abs(first - second).max() > 1e-3
    np.testing.assert_allclose(still[:, :1], still[:, 5:], rtol=1e-5)


def test_dropout_leaves_what_was_received_as_it_was():
    layer = SelfAttention(UNITS, chunk=3, dropout=0.5, seed=1)
    x = numbers(2, 11, 7)
    (still, received), (dropped, after) = layer(x), layer(x, training=True)
    np.testing.assert_array_equal(received, after)
    assert np.abs(dropped - still).max() > 0


def test_an_utterance_without_true_frames_gives_zeros_and_finite_gradients():
    layer, x = SelfAttention(UNITS, chunk=4), tf.constant(numbers(1, 11, 7))
    with tf.GradientTape() as tape:
        tape.watch(x)
        context, received = layer(x, mask=lengths_to_mask([0], 11))
        loss = tf.reduce_sum(context**2)
    np.testing.assert_array_equal(received, 0.0)
    np.testing.assert_array_equal(tape.gradient(loss, x), 0.0)


def test_scores_may_exceed_the_range_of_float16():
    layer = SelfAttention(1, dtype="mixed_float16", chunk=2)
    x = np.array([[[0.0], [255.0], [256.0]]], dtype="float32")
    layer.build(x.shape)
    for dense, kernel in ((layer.query, 128.0), (layer.key, 1.0), (layer.value, 1.0)):
        dense.kernel.assign([[kernel]])
    context, received = layer(x)  # frame 0 asks with 0: a third for each key
    third = 1 / 3
    np.testing.assert_allclose(received[0, 0], [third, third, 2 + third], rtol=1e-6)
    assert context.dtype == "float16"
    np.testing.assert_array_equal(context[0, 1:], [[256.0], [256.0]])


def test_no_tensor_of_the_traced_gradient_holds_the_whole_map():
    layer = SelfAttention(UNITS, num_heads=HEADS, chunk=16)
    layer.build((None, None, 7))

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x, training=True)[0] ** 2)
        return tape.gradient(loss, layer.trainable_variables)

    for frames in (400, 800, 1600):
        traced = step.get_concrete_function(tf.TensorSpec((1, frames, 7)))
        graphs = [traced.graph, *_bodies(traced.graph)]
        assert len(graphs) > 1  # the loops are looked into as well
        shapes = [
            t.shape for g in graphs for o in g.get_operations() for t in o.outputs
        ]
        sizes = [s.num_elements() or 0 for s in shapes if s.rank is not None]
        assert max(sizes) == HEADS * 16 * frames  # scores of one chunk


def _bodies(graph):
    """Graphs of every function that the graph calls, loops' bodies among them."""
    names = graph._functions
    return [names[name].graph for name in names]


def test_a_layer_in_chunks_takes_the_weights_of_one_that_keeps_its_map():
    chunked, whole = pair_of_layers(5)
    assert [w.path for w in chunked.weights] != []
    assert [w.shape for w in chunked.weights] == [w.shape for w in whole.weights]
    x = numbers(2, 23, 7)
    np.testing.assert_allclose(chunked(x)[0], whole(x)[0], rtol=1e-5, atol=1e-6)


def test_the_context_carries_the_mask_and_what_was_received_none():
    masked = keras.layers.Masking()(np.ones((2, 3, 5), "float32"))
    context, received = SelfAttention(UNITS, chunk=2)(masked)
    assert context._keras_mask.shape == (2, 3)
    assert getattr(received, "_keras_mask", None) is None
