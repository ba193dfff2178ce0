"""Sounds that stand twice in a manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from satn_keras.corpora.faults.rules import Finding
from satn_keras.corpora.sounds import Sound, digest_of
from satn_keras.corpora.utterance import Utterance


def find_copies(sounds: Iterable[Sound]) -> list[list[Utterance]]:
    """Utterances with the same decoded sound, two or more in each group.

    Sounds of equal length, with the same extremes in the same places, are decoded
    again where they were not hashed before: hashing everything takes longer than
    reading it.

    Args:
        sounds: What each file holds; sounds with a fault are left out.
    """
    alike = _grouped((sound.mark, sound) for sound in sounds if not sound.rule)
    groups = []
    for suspects in alike:
        same = _grouped(
            (sound.digest or digest_of(sound.utterance), sound.utterance)
            for sound in suspects
        )
        groups += same
    return groups


def check_copies(copies: Sequence[Sequence[Utterance]]) -> Iterator[Finding]:
    """What is wrong with each group of utterances that have one sound."""
    for group in copies:
        keys = [one.key for one in group]
        rule, what = _judged(group)
        message = f"utterances {', '.join(map(repr, keys))}: the same sound{what}"
        yield Finding(rule, f"{message}. Keep one of them.", tuple(keys))


def _judged(group: Sequence[Utterance]) -> tuple[str, str]:
    speakers = sorted({one.speaker for one in group})
    labels = sorted({one.label for one in group})
    if len({(one.dataset, one.speaker) for one in group}) > 1:
        names = ", ".join(speakers)
        return (
            "copy_two_speakers",
            f" by the speakers {names}, so a test fold would leak",
        )
    if len(labels) > 1:
        names = ", ".join(map(repr, labels))
        return "copy_two_labels", f" with the labels {names}"
    return "copy", ""


def _grouped(pairs: Iterable[tuple]) -> list[list]:
    """Values of each key that has several, in order."""
    groups: dict = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return [group for group in groups.values() if len(group) > 1]
