"""The copy of a model that hears with less memory."""

import keras
import numpy as np
import pytest

from satn_keras.layers import BahdanauAttention, SelfAttention, chunked_copy
from tests.support.layer_contracts import numbers


def model(**options):
    frames = keras.Input((None, 7), name="frames")
    x = keras.layers.Dense(5, name="first")(frames)
    x, _ = SelfAttention(6, num_heads=2, name="attention", **options)(x)
    return keras.Model(frames, keras.layers.Dense(3, name="last")(x))


def test_the_copy_gives_the_numbers_of_the_model_in_chunks():
    original, x = model(causal=True), numbers(2, 23, 7)
    copy = chunked_copy(original, chunk=4)
    assert copy.get_layer("attention").chunk == 4
    np.testing.assert_allclose(copy(x), original(x), rtol=1e-5, atol=1e-6)


def test_the_model_stays_as_it_is_and_shares_no_weight():
    original, x = model(), numbers(2, 23, 7)
    before = np.array(original(x))
    copy = chunked_copy(original)
    copy.set_weights([np.zeros(w.shape) for w in copy.weights])
    assert original.get_layer("attention").chunk is None
    np.testing.assert_array_equal(original(x), before)


@pytest.mark.parametrize("options", [{"reach": 3}, {"chunk": 3}])
def test_a_model_of_linear_memory_is_given_back(options):
    original = model(**options)
    assert chunked_copy(original) is original


def test_a_model_without_self_attention_is_given_back():
    frames = keras.Input((None, 7))
    original = keras.Model(frames, BahdanauAttention(5)(frames)[0])
    assert chunked_copy(original) is original


def test_a_chunk_of_no_query_is_refused():
    with pytest.raises(ValueError, match="`chunk` must be at least 1"):
        chunked_copy(model(), chunk=0)
