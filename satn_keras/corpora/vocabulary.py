"""The words for emotions that corpora share, and each corpus's own words for them."""

from __future__ import annotations

from collections.abc import Mapping

EMOTIONS = (
    "angry",
    "happy",
    "neutral",
    "sad",
    "fear",
    "disgust",
    "surprise",
    "calm",
    "bored",
    "other",
)
# Words of nEMO, the synthetic corpus, MELD, EmoBox, audformat tables and others.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "angry": ("anger", "ang"),
    "happy": ("happiness", "joy", "hap"),
    "neutral": ("neu",),
    "sad": ("sadness",),
    "fear": ("fearful", "anxiety", "fea"),
    "disgust": ("disgusted", "dis"),
    "surprise": ("surprised", "ps", "pleasant_surprise", "pleasant_surprised", "sur"),
    "calm": ("calmness",),
    "bored": ("boredom",),
    "other": ("oth",),
}
_COMMON = {
    word: emotion for emotion, words in ALIASES.items() for word in (emotion, *words)
}


def common_label(label: str) -> str | None:
    """The common word for a label, None where it is the name of no such emotion.

    Args:
        label: In any case, with blanks or hyphens for underscores.

    Example:
        >>> common_label("Happiness"), common_label("pleasant surprise")
        ('happy', 'surprise')
        >>> common_label("excited") is None  # a class set says what it counts as
        True
    """
    return _COMMON.get(label.strip().lower().replace(" ", "_").replace("-", "_"))


def words_for(emotion: str) -> tuple[str, ...]:
    """The common word and its aliases."""
    return (emotion, *ALIASES[emotion])
