"""Synthetic speakers: espeak-ng's voice variants, and their recordings."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Sequence

import numpy as np
import soundfile

from satn_keras.corpora.espeak import SAMPLE_RATE, speak
from satn_keras.corpora.files import replace_file
from satn_keras.corpora.prosody import Prosody
from satn_keras.errors import CorpusError

# Women and men in turn, so that any first few speakers are of both.
SYNTHETIC_VOICES = (
    *("f1", "m1", "f2", "m2", "f3", "m3", "f4", "m4", "f5", "m5"),
    *("m6", "m7", "m8"),
)
NEUTRAL_RATE = 170  # words per minute
NEUTRAL_VOLUME = 40  # of espeak-ng's 200: leaves 12 dB for the loudest anger


def choose_voices(speakers: int | Sequence[str]) -> tuple[str, ...]:
    """Names of the synthetic speakers.

    Args:
        speakers: How many, or which: names of `SYNTHETIC_VOICES`, a second voice
            of the same variant as "f1-2".

    Raises:
        CorpusError: if there is no such voice, none is named, or one twice.
    """
    if isinstance(speakers, int):
        if speakers < 1:
            raise CorpusError(
                f"`speakers` must be at least 1. Received: speakers={speakers}."
            )
        rounds = (divmod(place, len(SYNTHETIC_VOICES)) for place in range(speakers))
        return tuple(
            SYNTHETIC_VOICES[voice] + (f"-{turn + 1}" if turn else "")
            for turn, voice in rounds
        )
    for name in speakers:
        voice = re.fullmatch(r"([a-z0-9]+)(-[2-9]|-[1-9][0-9]+)?", name)
        if voice is None or voice[1] not in SYNTHETIC_VOICES:
            raise CorpusError(
                f"there is no synthetic speaker {name!r}. "
                f"Voices: {', '.join(SYNTHETIC_VOICES)}; "
                "a second voice of the same variant is f1-2."
            )
    if not speakers or len(set(speakers)) < len(speakers):
        raise CorpusError(
            "`speakers` must name at least one, and each once. "
            f"Received: {list(speakers)}."
        )
    return tuple(speakers)


def record(
    path: pathlib.Path, text: str, language: str, speaker: str, manner: Prosody
) -> None:
    """WAV file (16 kHz, 16 bit, mono) of `text`, whole or not at all.

    Args:
        path: The file to make; its folder is created.
        text: What to say.
        language: Voice of espeak-ng.
        speaker: Name of a synthetic speaker.
        manner: Departure from espeak-ng's own voice.
    """
    speech = speak(
        text,
        voice=f"{language}+{speaker.partition('-')[0]}",
        rate=_within(NEUTRAL_RATE * manner.rate, 80, 450),
        pitch=_within(50 + manner.pitch, 0, 99),
        pitch_range=_within(50 + manner.pitch_range, 0, 99),
        volume=NEUTRAL_VOLUME,
    )
    # The level is set here: espeak-ng's volume has coarse steps.
    speech = np.clip(speech * 10 ** (manner.level / 20), -1, 1)
    samples = np.round(speech * 32767).astype("int16")
    replace_file(
        path,
        lambda stream: soundfile.write(
            stream, samples, SAMPLE_RATE, subtype="PCM_16", format="WAV"
        ),
    )


def _within(value: float, low: int, high: int) -> int:
    return max(low, min(high, round(value)))
