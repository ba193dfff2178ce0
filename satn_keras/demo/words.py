"""Words of an utterance on its time axis, by alignment or in proportion."""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from satn_keras.errors import ConfigError

MOST_WORDS = 200  # that a picture can show
BLOCK_SECONDS = 0.02
SPEECH_BELOW_PEAK = 35  # dB: weaker blocks before and after are no speech
# A line of Audacity's label track: start, end, label. It writes the decimals always,
# so that "3 4 apples" are words.
_LABEL = re.compile(r"\s*(\d+\.\d+)\s+(\d+\.\d+)\s+(\S.*?)\s*")


@dataclasses.dataclass(frozen=True)
class Word:
    """A word from `start` to `end`, in seconds."""

    text: str
    start: float
    end: float


def is_alignment(text: str) -> bool:
    """Whether every line of the text is `start end word`.

    Example:
        >>> is_alignment("0.1 0.4 never"), is_alignment("never again")
        (True, False)
    """
    lines = text.strip().splitlines()
    return bool(lines) and all(_LABEL.fullmatch(line) for line in lines)


def find_words(text: str, waveform: np.ndarray, sample_rate: int) -> list[Word]:
    """Words of `text`, where its alignment says, or else in proportion.

    Args:
        text: plain words, or an alignment: a line `start end word` a word, in
            seconds, as Audacity exports a label track.
        waveform: (samples,), that the words were said in.
        sample_rate: Hz.

    Raises:
        ConfigError: if there are too many words, or an alignment runs backwards or
            beyond the sound.
    """
    aligned = is_alignment(text)
    words = text.strip().splitlines() if aligned else text.split()
    if len(words) > MOST_WORDS:
        raise ConfigError(
            f"text: {len(words)} words are too many for one picture. Give at most "
            f"{MOST_WORDS}."
        )
    if aligned:
        return _aligned(words, len(waveform) / sample_rate)
    return spread_words(words, *speech_stretch(waveform, sample_rate))


def spread_words(words: list[str], start: float, end: float) -> list[Word]:
    """Words one after another from `start` to `end`, as long as they have letters.

    Example:
        >>> spread_words(["so", "what?"], 1.0, 4.0)
        [Word(text='so', start=1.0, end=2.0), Word(text='what?', start=2.0, end=4.0)]
    """
    letters = [max(1, sum(map(str.isalnum, word))) for word in words]
    bounds = start + (end - start) * np.cumsum([0, *letters]) / max(1, sum(letters))
    return [
        Word(word, float(left), float(right))
        for word, left, right in zip(words, bounds, bounds[1:], strict=False)
    ]


def speech_stretch(waveform: np.ndarray, sample_rate: int) -> tuple[float, float]:
    """Seconds at which the sound rises to near its peak first, and falls last.

    Blocks of 20 ms count whose level is at most 35 dB below that of the loudest.
    """
    length = round(BLOCK_SECONDS * sample_rate)
    blocks = np.pad(waveform, (0, -len(waveform) % length)).reshape(-1, length)
    power = np.square(blocks, dtype="float64").mean(axis=1)
    loud = np.flatnonzero(power >= power.max() * 10 ** (-SPEECH_BELOW_PEAK / 10))
    end = (loud[-1] + 1) * length / sample_rate
    return loud[0] * length / sample_rate, min(end, len(waveform) / sample_rate)


def shares(words: list[Word], weights: np.ndarray, times: np.ndarray) -> list[float]:
    """Share of all attention that falls between each word's start and end.

    Args:
        words: on the time axis.
        weights: (frames,), non-negative.
        times: (frames,), seconds at the middle of each frame.
    """
    total = weights.sum() or 1.0
    return [
        float(weights[(word.start <= times) & (times < word.end)].sum() / total)
        for word in words
    ]


def _aligned(lines, seconds):
    words, before = [], 0.0
    for number, line in enumerate(lines, start=1):
        start, end, text = _LABEL.fullmatch(line).groups()
        start, end = float(start), float(end)
        if not before <= start < end <= seconds + BLOCK_SECONDS:
            raise ConfigError(
                f"text, line {number}: words must follow one another within the "
                f"{seconds:.2f} s of sound. Received: {start:g} to {end:g} s after "
                f"{before:g} s."
            )
        words.append(Word(text, start, end))
        before = end
    return words
