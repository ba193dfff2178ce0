"""espeak-ng's phones: split, without stress, by language."""

import sys

import pytest

from satn_keras.errors import ConfigError
from satn_keras.phonemes import espeak
from satn_keras.phonemes.espeak import espeak_words


def test_words_are_split_into_phones_without_stress():
    assert espeak_words(["hello world"], "en-us") == [
        [("h", "ə", "l", "oʊ"), ("w", "ɜː", "l", "d")]
    ]


def test_other_languages_have_other_phones():
    assert espeak_words(["dobry kot"], "pl") == [
        [("d", "ɔ", "b", "r", "ɨ"), ("k", "ɔ", "t")]
    ]
    assert espeak_words(["guten Tag"], "de")[0][1] == ("t", "ɑː", "k")


def test_empty_texts_keep_their_place():
    first, second, third = espeak_words(["", "yes", "?!"], "en-us")
    assert (first, third) == ([], [])
    assert second == [("j", "ɛ", "s")]


def test_a_word_of_another_language_leaves_no_marks():
    (words,) = espeak_words(["der Computer ist da"], "de")
    assert len(words) == 4
    assert not {mark for word in words for phone in word for mark in phone} & set("_()")


def test_an_unknown_language_is_refused_with_near_ones():
    with pytest.raises(ConfigError, match=r"no language 'en-uk'\. Did you mean en-u"):
        espeak_words(["yes"], "en-uk")


def test_missing_phonemizer_is_refused_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(espeak, "_backend", espeak._backend.__wrapped__)
    monkeypatch.setitem(sys.modules, "phonemizer", None)
    monkeypatch.setitem(sys.modules, "phonemizer.backend", None)
    monkeypatch.setitem(sys.modules, "phonemizer.separator", None)
    with pytest.raises(ConfigError, match=r"pip install 'satn-keras\[speech\]'"):
        espeak_words(["yes"], "en-us")
    assert not espeak.espeak_available()
