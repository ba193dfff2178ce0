"""Transcripts cleaned of what nobody says."""

from __future__ import annotations

import re
import unicodedata

# [LAUGHTER], <breath>, ++noise++ and such are sounds, not words.
_EVENTS = re.compile(r"\[[^\]]*\]|<[^>]*>|\+\+[^+]*\+\+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})


def normalize(text: str) -> str:
    """Lower-case text without bracketed events, in composed Unicode.

    Example:
        >>> normalize("Well, [LAUGHTER] it’s TRUE.")
        "well, it's true."
    """
    text = unicodedata.normalize("NFC", text).translate(_APOSTROPHES)
    return " ".join(_EVENTS.sub(" ", text).lower().split())


def words_of(text: str) -> list[str]:
    """Words of a text: runs of letters, marks, digits, apostrophes and hyphens.

    Quotation marks and hyphens at a word's edge are left out, apostrophes stay.

    Example:
        >>> words_of("Zażółć -- 'e's well-known, no. 7!")
        ['zażółć', "'e's", 'well-known', 'no', '7']
    """
    spaced = "".join(
        mark if mark in "'-" or unicodedata.category(mark)[0] in "LMN" else " "
        for mark in normalize(text)
    )
    words = (word.strip("-") for word in spaced.split())
    return [word for word in words if word.strip("'")]
