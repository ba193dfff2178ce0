"""From transcripts to ids of phones or characters, the teacher's targets."""

from satn_keras.phonemes.inventory import (
    BOUNDARY,
    BOUNDARY_ID,
    EOS,
    EOS_ID,
    PAD,
    PAD_ID,
    SOS,
    SOS_ID,
    SPECIAL_TOKENS,
    UNK,
    UNK_ID,
    TokenInventory,
    join_words,
    split_words,
)
from satn_keras.phonemes.lexicon import (
    CMUdictLexicon,
    EspeakLexicon,
    GraphemeLexicon,
    Lexicon,
    Transcription,
    make_lexicon,
)

__all__ = [
    "BOUNDARY",
    "BOUNDARY_ID",
    "EOS",
    "EOS_ID",
    "PAD",
    "PAD_ID",
    "SOS",
    "SOS_ID",
    "SPECIAL_TOKENS",
    "UNK",
    "UNK_ID",
    "CMUdictLexicon",
    "EspeakLexicon",
    "GraphemeLexicon",
    "Lexicon",
    "TokenInventory",
    "Transcription",
    "join_words",
    "make_lexicon",
    "split_words",
]
