"""Words of transcripts that a lexicon lacks."""

from __future__ import annotations

from satn_keras.config import PhonemeConfig
from satn_keras.corpora import Manifest
from satn_keras.phonemes import make_lexicon
from satn_keras.phonemes.text import words_of

ENGLISH = ("en", "eng", "english")


def unknown_words(
    manifest: Manifest, lexicon: str | None = None
) -> dict[str, list[str]]:
    """Words outside the lexicon, by the key of each utterance that has some.

    Args:
        manifest: Utterances.
        lexicon: "cmudict", "espeak" or "graphemes", of which the last two pronounce
            every word; where absent, CMUdict for the utterances whose language is
            English, and nothing for others.

    Raises:
        ConfigError: if the lexicon is espeak-ng's and that is missing.
    """
    asked = [
        one for one in manifest if one.text and (lexicon or _is_english(one.language))
    ]
    if not asked:
        return {}
    chosen = make_lexicon(PhonemeConfig(lexicon=lexicon or "cmudict"))
    _, missing = chosen.pronounce([one.text for one in asked])
    unknown = {
        one.key: [word for word in words_of(one.text) if word in missing]
        for one in asked
    }
    return {key: words for key, words in unknown.items() if words}


def _is_english(language: str) -> bool:
    return language.lower().split("-")[0] in ENGLISH
