"""Additive attention, against its equation written in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.layers import BahdanauAttention, lengths_to_mask
from tests.support.layer_contracts import numbers

MEMORY, LENGTHS = numbers(2, 11, 5), [11, 6]
MASK = lengths_to_mask(LENGTHS, 11)


def attend(memory, layer, query=None):
    """Context and weights of one utterance and one query, frame by frame."""
    kernel, bias = layer.memory_projection.get_weights()
    scores = []
    for frame in memory:
        total = frame @ kernel + bias
        if query is not None:
            total = total + query @ layer.query_projection.kernel.numpy()
        scores.append(layer.score.numpy() @ np.tanh(total))
    alpha = np.exp(scores) / np.exp(scores).sum()
    return alpha @ memory, alpha


def built(query_units=None):
    layer = BahdanauAttention(7, query_units=query_units)
    layer.build(MEMORY.shape)
    layer.set_weights([numbers(*w.shape) for w in layer.weights])
    return layer


def assert_follows_equation(layer, context, weights, query_of):
    for i, length in enumerate(LENGTHS):
        expected = attend(MEMORY[i, :length], layer, query_of(i))
        np.testing.assert_allclose(context[i], expected[0], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(weights[i][:length], expected[1], rtol=1e-4)
        np.testing.assert_array_equal(weights[i][length:], 0.0)


def test_pooling_follows_the_equation_without_a_query():
    layer = built()
    context, weights = layer(MEMORY, mask=MASK)
    assert_follows_equation(layer, context, weights, lambda i: None)


def test_one_step_follows_the_equation():
    layer, query = built(query_units=13), numbers(2, 13)
    context, weights = layer(MEMORY, query, mask=MASK)
    assert_follows_equation(layer, context, weights, lambda i: query[i])


def test_each_of_many_steps_follows_the_equation():
    layer, query = built(query_units=13), numbers(2, 3, 13)
    context, weights = layer(MEMORY, query, mask=MASK)
    assert context.shape == (2, 3, 5)
    for step in range(3):
        assert_follows_equation(
            layer, context[:, step], weights[:, step], lambda i, s=step: query[i, s]
        )


def test_two_frames_by_hand():
    layer = BahdanauAttention(1)
    memory = np.array([[[0.0], [20.0]]], dtype="float32")
    layer.build(memory.shape)
    layer.memory_projection.kernel.assign([[1.0]])  # tanh(20) = 1
    layer.score.assign([np.log(3.0)])
    context, weights = layer(memory)
    np.testing.assert_allclose(weights, [[0.25, 0.75]], rtol=1e-6)
    np.testing.assert_allclose(context, [[15.0]], rtol=1e-6)


@pytest.mark.parametrize("query", [numbers(2, 13), numbers(2, 3, 13)])
def test_keys_projected_beforehand_change_nothing(query):
    layer = built(query_units=13)
    expected = layer(MEMORY, query, mask=MASK)
    actual = layer(MEMORY, query, mask=MASK, keys=layer.project(MEMORY))
    for a, e in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(a, e)


def test_keys_may_be_projected_before_the_first_call():
    layer = BahdanauAttention(7, query_units=13)
    keys = layer.project(MEMORY)
    context, _ = layer(MEMORY, numbers(2, 13), keys=keys)
    assert context.shape == (2, 5)
    assert len(layer.weights) == 4


def test_pooling_has_no_query_weights():
    names = [weight.path.split("/", 1)[1] for weight in built().weights]
    assert sorted(names) == ["memory/bias", "memory/kernel", "score"]


@pytest.mark.parametrize("query", [None, numbers(2, 13)])
def test_no_gradient_reaches_padded_frames(query):
    layer = built(query_units=None if query is None else 13)
    memory = tf.constant(MEMORY)
    with tf.GradientTape() as tape:
        tape.watch(memory)
        context, weights = layer(memory, query, mask=MASK)
        loss = tf.reduce_sum(context**2) + tf.reduce_sum(weights**2)
    gradient = tape.gradient(loss, memory).numpy()
    np.testing.assert_array_equal(gradient[1, 6:], 0.0)
    assert np.abs(gradient[1, :6]).min() > 0


@pytest.mark.parametrize("query", [None, numbers(2, 13)])
def test_a_mask_attached_by_keras_counts_like_one_given_by_hand(query):
    layer = built(query_units=None if query is None else 13)
    memory = MEMORY.copy()
    memory[1, 6:] = 0.0
    context, weights = layer(keras.layers.Masking()(memory), query)
    np.testing.assert_array_equal(weights, layer(memory, query, mask=MASK)[1])
    assert getattr(context, "_keras_mask", None) is None


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_the_weights_are_float32_under_mixed_precision(policy):
    layer = BahdanauAttention(7, dtype=policy)
    context, weights = layer(MEMORY)
    assert context.dtype == layer.project(MEMORY).dtype == policy.removeprefix("mixed_")
    assert weights.dtype == "float32"


def test_a_pooling_layer_refuses_a_query():
    with pytest.raises(ValueError, match="needs a layer made with `query_units`"):
        built()(MEMORY, numbers(2, 13))


def test_a_decoder_s_layer_asks_for_its_query():
    with pytest.raises(ValueError, match="`query` must be given"):
        built(query_units=13)(MEMORY)


@pytest.mark.parametrize("sizes", [{"units": 0}, {"units": 7, "query_units": 0}])
def test_sizes_below_one_are_refused(sizes):
    with pytest.raises(ValueError, match="units` must be at least 1"):
        BahdanauAttention(**sizes)
