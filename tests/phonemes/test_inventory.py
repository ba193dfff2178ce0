"""Token inventories: fixed places for the special tokens, ids there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satn_keras.phonemes import (
    BOUNDARY_ID,
    EOS_ID,
    PAD_ID,
    SOS_ID,
    UNK_ID,
    TokenInventory,
    join_words,
    split_words,
)

ABC = TokenInventory.of(["a", "b", "c"])


def test_the_special_tokens_have_the_first_five_places():
    assert (PAD_ID, SOS_ID, EOS_ID, UNK_ID, BOUNDARY_ID) == (0, 1, 2, 3, 4)
    assert len(ABC) == 8
    assert ABC.phones == ("a", "b", "c")


def test_tokens_are_encoded_by_place_and_unknown_ones_as_unknown():
    assert ABC.encode(["c", "|", "a", "z"]) == [7, 4, 5, 3]


def test_decoding_stops_at_the_end_and_drops_pad_and_start():
    assert ABC.decode(np.array([1, 5, 0, 6, 2, 7, 7])) == ["a", "b"]


def test_decoding_keeps_unknown_and_boundary():
    assert ABC.decode([5, 4, 3]) == ["a", "|", "<unk>"]


def test_words_are_split_at_boundaries_and_empty_ones_dropped():
    assert ABC.words([4, 5, 6, 4, 4, 7, 2, 5]) == [("a", "b"), ("c",)]


@pytest.mark.parametrize("wrong", [-1, 8])
def test_an_id_without_a_token_is_refused(wrong):
    with pytest.raises(ValueError, match=f"from 0 to 7. Received: {wrong}"):
        ABC.decode([5, wrong])


@given(st.lists(st.sampled_from(["a", "b", "c", "|", "<unk>"])))
def test_decoding_gives_back_what_was_encoded(tokens):
    assert ABC.decode(ABC.encode(tokens)) == tokens


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1).map(tuple)))
def test_words_joined_and_split_are_the_same_words(words):
    assert split_words(join_words(words)) == words


def test_json_gives_back_an_equal_inventory():
    inventory = TokenInventory.of(["ɲʲ", '"', "ɔ̃"])
    assert TokenInventory.from_json(inventory.to_json()) == inventory


def test_an_inventory_is_frozen_and_can_be_a_key():
    with pytest.raises(AttributeError):
        ABC.tokens = ()
    assert {ABC: 1}[TokenInventory.of("abc")] == 1


def test_other_first_tokens_and_a_token_twice_are_refused():
    with pytest.raises(ValueError, match="`tokens` must begin with <pad>, <sos>"):
        TokenInventory(("a", "b"))
    with pytest.raises(ValueError, match="Received twice: 'a'"):
        TokenInventory.of("aba")
