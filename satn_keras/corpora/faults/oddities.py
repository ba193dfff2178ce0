"""Sounds that are unlike the others, or unlike a sound recording."""

from __future__ import annotations

import collections
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from satn_keras.corpora.faults.rules import LONGEST_SECONDS, Finding

if TYPE_CHECKING:
    from satn_keras.corpora.sounds import Sound


def check_sounds(
    sounds: Sequence[Sound], longest: float = LONGEST_SECONDS
) -> Iterator[Finding]:
    """Faults of each file, and what is odd about it.

    Args:
        sounds: What each file holds.
        longest: Seconds beyond which an utterance is too long.
    """
    rate = _usual([sound.sample_rate for sound in sounds if sound.sample_rate])
    channels = _usual([sound.channels for sound in sounds if sound.channels])
    for sound in sounds:
        if sound.rule:
            yield _finding(sound, sound.rule, sound.fault)
            continue
        for rule, message in _oddities(sound, longest, rate, channels):
            yield _finding(sound, rule, f"{sound.utterance.path}: {message}")


def _oddities(sound, longest, rate, channels) -> Iterator[tuple[str, str]]:
    if sound.seconds > longest:
        told = f"{sound.seconds:.1f} s is longer than {longest:g} s."
        yield "too_long", f"{told} Cut it into utterances."
    if sound.clipped:
        told = f"clipped at {sound.peak:.3f} of full scale."
        yield "clipped", f"{told} Record it again at a lower level, or know of it."
    if sound.shifted:
        told = f"its mean is {sound.offset:+.4f} of full scale, its level"
        yield "dc_offset", f"{told} {sound.level:.1f} dB. Take the mean off."
    if sound.sample_rate != rate:
        told = f"{sound.sample_rate} Hz, and most files have {rate} Hz."
        yield "sample_rate", f"{told} A model can tell the two apart: resample."
    if sound.channels != channels:
        told = f"{_channels(sound.channels)}, and most files have {channels}."
        yield "channels", f"{told} What is heard is their mean."
    if sound.same_channels:
        told = f"its {sound.channels} channels are identical."
        yield "same_channels", f"{told} One would do."


def level_range(sounds: Sequence[Sound]) -> tuple[float, ...]:
    """Lowest, median and highest level in dB of the sounds that are not silent."""
    levels = sorted(
        sound.level for sound in sounds if not sound.rule and sound.level > -math.inf
    )
    return (levels[0], levels[len(levels) // 2], levels[-1]) if levels else ()


def _usual(values: Sequence[int]) -> int:
    """The most frequent value, the lowest of equals; 0 without any."""
    counts = collections.Counter(values)
    return min(counts, key=lambda value: (-counts[value], value), default=0)


def _channels(number: int) -> str:
    return "1 channel" if number == 1 else f"{number} channels"


def _finding(sound, rule, message) -> Finding:
    key = sound.utterance.key
    return Finding(rule, f"utterance {key!r}: {message}", (key,))
