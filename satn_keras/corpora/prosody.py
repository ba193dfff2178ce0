"""How synthetic emotions and speakers depart from espeak-ng's own voice."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Mapping, Sequence

from satn_keras.errors import CorpusError


@dataclasses.dataclass(frozen=True, slots=True)
class Prosody:
    """How an emotion departs from the speaker's neutral voice.

    Args:
        rate: Factor on words per minute.
        pitch: Added to espeak-ng's base pitch (0 to 99, neutral near 50).
        pitch_range: Added to espeak-ng's pitch range (0 to 99, neutral near 50).
        level: Added loudness in dB.
    """

    rate: float = 1.0
    pitch: float = 0.0
    pitch_range: float = 0.0
    level: float = 0.0


# Directions after the review of vocal expression by Juslin & Laukka 2003,
# table 7; the sizes are chosen here, of the order of the jitter below.
SYNTHETIC_EMOTIONS: Mapping[str, Prosody] = {
    "anger": Prosody(rate=1.12, pitch=6, pitch_range=14, level=4.5),
    "fear": Prosody(rate=1.22, pitch=14, pitch_range=-16, level=-1.5),
    "happiness": Prosody(rate=1.06, pitch=16, pitch_range=24, level=2.0),
    "neutral": Prosody(),
    "sadness": Prosody(rate=0.84, pitch=-9, pitch_range=-20, level=-4.0),
}
# Standard deviations, of each speaker's neutral voice and of each utterance.
SPEAKER_SPREAD = Prosody(rate=0.07, pitch=7, pitch_range=6, level=2.0)
UTTERANCE_SPREAD = Prosody(rate=0.06, pitch=6, pitch_range=10, level=1.5)


def choose_emotions(
    emotions: Sequence[str] | Mapping[str, Prosody],
) -> dict[str, Prosody]:
    """Prosody of each emotion.

    Args:
        emotions: Names of `SYNTHETIC_EMOTIONS`, or a table.

    Raises:
        CorpusError: if there is no such emotion, none is named, or one twice.
    """
    if not emotions or len(set(emotions)) < len(emotions):
        raise CorpusError(
            "`emotions` must name at least one, and each once. "
            f"Received: {list(emotions)}."
        )
    if isinstance(emotions, Mapping):
        for name in emotions:
            if not re.fullmatch(r"[\w-]+", name):
                raise CorpusError(
                    f"an emotion's name must be one word. Received: {name!r}."
                )
        return dict(emotions)
    for name in emotions:
        if name not in SYNTHETIC_EMOTIONS:
            raise CorpusError(
                f"there is no synthetic emotion {name!r}. "
                f"Emotions: {', '.join(SYNTHETIC_EMOTIONS)}; "
                "or pass a table of `Prosody`."
            )
    return {name: SYNTHETIC_EMOTIONS[name] for name in emotions}


def manner_of(seed: int, speaker: str, emotion: Prosody, key: str) -> Prosody:
    """Departure of one utterance from espeak-ng's own voice.

    Args:
        seed: Decides the deviations.
        speaker: Whose neutral voice it starts from.
        emotion: Departure of the emotion.
        key: Whose deviation is added; each utterance has its own.
    """
    neutral = _deviation(f"{seed}/{speaker}", SPEAKER_SPREAD)
    own = _deviation(f"{seed}/{key}", UTTERANCE_SPREAD)
    return _joined(_joined(neutral, emotion), own)


def _deviation(seed: str, spread: Prosody) -> Prosody:
    draw = random.Random(seed)
    # Cut at two deviations: a voice stays within what espeak-ng can say.
    deviations = [max(-2.0, min(2.0, draw.gauss(0, 1))) for _ in range(4)]
    rate, pitch, pitch_range, level = deviations
    return Prosody(
        rate=1 + spread.rate * rate,
        pitch=spread.pitch * pitch,
        pitch_range=spread.pitch_range * pitch_range,
        level=spread.level * level,
    )


def _joined(one: Prosody, other: Prosody) -> Prosody:
    return Prosody(
        rate=one.rate * other.rate,
        pitch=one.pitch + other.pitch,
        pitch_range=one.pitch_range + other.pitch_range,
        level=one.level + other.level,
    )
