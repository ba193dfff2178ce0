"""Transcripts cleaned: events out, words as the lexicons look them up."""

import pytest

from satn_keras.phonemes.text import normalize, words_of


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("[LAUGHTER] Oh, NO! [BREATHING]", "oh, no!"),
        ("so<sil>what ++noise++ now", "so what now"),
        ("  It’s   fine ", "it's fine"),
        ("[GARBAGE]", ""),
        ("Z\u0307o\u0301łw", "\u017c\u00f3łw"),  # composed Unicode
    ],
)
def test_events_case_blanks_and_spellings_of_one_letter_are_evened_out(text, clean):
    assert normalize(text) == clean


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Stop -- now, Mr. Smith!", ["stop", "now", "mr", "smith"]),
        ("rock'n'roll isn't well-known", ["rock'n'roll", "isn't", "well-known"]),
        ('\'Cause they said "no"', ["'cause", "they", "said", "no"]),
        ("a 'b' ' - c", ["a", "'b'", "c"]),
        ("Zażółć; 42%", ["zażółć", "42"]),
        ("", []),
    ],
)
def test_words_are_runs_of_letters_digits_apostrophes_and_hyphens(text, words):
    assert words_of(text) == words
