"""Lexicons: texts to tokens, with counts of what is not known."""

import pytest

from satn_keras.config import PhonemeConfig
from satn_keras.errors import ConfigError
from satn_keras.phonemes import (
    CMUdictLexicon,
    EspeakLexicon,
    GraphemeLexicon,
    TokenInventory,
    lexicon,
    make_lexicon,
)

# The dictionary's front page: 39 phones, 15 of them vowels.
ARPABET = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH "
    "T TH UH UW V W Y Z ZH"
).split()


@pytest.fixture
def no_espeak(monkeypatch):
    monkeypatch.setattr(lexicon, "espeak_available", lambda: False)


def tokens_of(text, of=None):
    return (of or CMUdictLexicon()).transcribe([text]).tokens[0]


def test_the_cmu_inventory_is_44_tokens_whatever_the_texts():
    inventory = CMUdictLexicon().inventory(["yes"])
    assert list(inventory.phones) == ARPABET
    assert len(inventory) == 44


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Hello world", "HH AH L OW | W ER L D"),
        ("READ it", "R EH D | IH T"),  # the first of two pronunciations
        ("[LAUGHTER] don't", "D OW N T"),
        ("U M N Y", "Y UW | EH M | EH N | W AY"),
        ("'cause", "K AH Z"),
        ("he said 'yes'", "HH IY | S EH D | Y EH S"),
        ("fast-forward", "F AE S T F AO R W ER D"),
    ],
)
def test_words_of_the_dictionary_are_spoken_without_stress(text, spoken):
    result = CMUdictLexicon().transcribe([text])
    assert result.tokens == [spoken.split()]
    assert not result.out_of_vocabulary
    assert not result.unknown_tokens


@pytest.mark.parametrize(
    ("word", "ending"), [("giraffe's", "S"), ("tuba's", "Z"), ("ostrich's", "IH Z")]
)
def test_a_possessive_that_the_dictionary_lacks_is_made_of_its_noun(
    no_espeak, word, ending
):
    noun = tokens_of(word.removesuffix("'s"))
    assert tokens_of(word) == noun + ending.split()


def test_a_word_that_nothing_can_pronounce_is_one_unknown_token(no_espeak):
    result = CMUdictLexicon().transcribe(["yes zhaoish yes", "Zhaoish 42"])
    assert result.tokens == [
        "Y EH S | <unk> | Y EH S".split(),
        ["<unk>", "|", "<unk>"],
    ]
    assert result.out_of_vocabulary == {"zhaoish": 2, "42": 1}
    assert result.unknown_tokens == {"zhaoish": 2, "42": 1}


def test_espeak_pronounces_what_the_dictionary_lacks_and_the_word_is_counted():
    result = CMUdictLexicon().transcribe(["zib 42"])
    assert result.tokens == ["Z IH B | F AO R T IY | T UW".split()]
    assert result.out_of_vocabulary == {"zib": 1, "42": 1}
    assert not result.unknown_tokens


def test_texts_without_words_have_no_tokens():
    for each in (CMUdictLexicon(), EspeakLexicon("pl"), GraphemeLexicon()):
        assert each.transcribe(["", "[LAUGHTER] --"]).tokens == [[], []]


def test_espeak_speaks_polish_and_its_inventory_is_that_of_the_texts():
    polish = EspeakLexicon("pl")
    assert tokens_of("Dobry kot.", polish) == "d ɔ b r ɨ | k ɔ t".split()
    assert polish.inventory(["Dobry kot."]).phones == tuple("bdkrtɔɨ")


def test_tokens_that_the_inventory_lacks_become_unknown_and_are_counted():
    graphemes = GraphemeLexicon()
    inventory = graphemes.inventory(["abba"])
    result = graphemes.transcribe(["ab cab, cd"], inventory)
    assert result.tokens == ["a b | <unk> a b | <unk> <unk>".split()]
    assert result.unknown_tokens == {"c": 2, "d": 1}


def test_a_text_is_phonemized_once_and_all_new_ones_together(monkeypatch):
    polish = EspeakLexicon("pl")
    calls = []

    def spy(texts, language):
        calls.append(list(texts))
        return [[("x",)] for _ in texts]

    monkeypatch.setattr(lexicon, "espeak_words", spy)
    polish.transcribe(["Tak.", "Nie.", "tak."])
    polish.transcribe(["Nie.", "Może."])
    assert calls == [["nie.", "tak."], ["może."]]


def test_graphemes_are_letters_digits_and_apostrophes_of_any_script():
    assert tokens_of("Żółw-7, it's!", GraphemeLexicon()) == [
        *"żółw",
        "|",
        "7",
        "|",
        *"it's",
    ]


def test_encoding_and_decoding_a_transcription_gives_back_its_words():
    lexicon_ = CMUdictLexicon()
    inventory = lexicon_.inventory([])
    (tokens,) = lexicon_.transcribe(["please stop"], inventory).tokens
    assert inventory.words(inventory.encode(tokens)) == [
        ("P", "L", "IY", "Z"),
        ("S", "T", "AA", "P"),
    ]
    assert isinstance(inventory, TokenInventory)


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        (PhonemeConfig(), CMUdictLexicon),
        (PhonemeConfig(lexicon="espeak", language="de"), EspeakLexicon),
        (PhonemeConfig(lexicon="graphemes"), GraphemeLexicon),
    ],
)
def test_a_recipe_names_its_lexicon(config, kind):
    assert type(make_lexicon(config)) is kind


def test_a_recipe_with_an_unknown_language_is_refused_at_once():
    with pytest.raises(ConfigError, match="espeak-ng has no language 'klingon'"):
        make_lexicon(PhonemeConfig(lexicon="espeak", language="klingon"))
