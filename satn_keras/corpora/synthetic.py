"""Emotional speech of espeak-ng: a corpus without download, of any size."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pathlib
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import soundfile

from satn_keras.corpora.espeak import SAMPLE_RATE, speak
from satn_keras.corpora.manifest import Manifest, Utterance
from satn_keras.corpora.sentences import SENTENCES, random_sentences
from satn_keras.corpora.tables import replace_file
from satn_keras.errors import CorpusError

# Women and men in turn, so that any first few speakers are of both.
SYNTHETIC_VOICES = (
    *("f1", "m1", "f2", "m2", "f3", "m3", "f4", "m4", "f5", "m5"),
    *("m6", "m7", "m8"),
)
SETTINGS_FILE = "synthetic.json"
MANIFEST_FILE = "manifest.csv"
FORMAT = 1  # raise when the same settings begin to give other speech


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
# Standard deviations. Speaker: of the neutral voice. Utterance: of each saying.
SPEAKER_SPREAD = Prosody(rate=0.07, pitch=7, pitch_range=6, level=2.0)
UTTERANCE_SPREAD = Prosody(rate=0.06, pitch=6, pitch_range=10, level=1.5)
NEUTRAL_RATE = 170  # words per minute
NEUTRAL_VOLUME = 70  # of espeak-ng's 200: leaves 6 dB for the loudest anger


def synthesize_corpus(
    root: str | os.PathLike,
    seed: int = 1,
    speakers: int | Sequence[str] = 8,
    emotions: Sequence[str] | Mapping[str, Prosody] = (
        "anger",
        "happiness",
        "neutral",
        "sadness",
    ),
    sentences: int | None = None,
    language: str = "en-us",
    texts: Sequence[str] | None = None,
    crossed: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Manifest:
    """Manifest of a synthetic emotional corpus, spoken into a folder.

    A speaker is a voice variant of espeak-ng with a neutral rate, pitch and level
    of its own. An emotion moves them by `Prosody`; a random deviation of similar
    size in each utterance lets the emotions overlap. All follows from the seed:
    the same call writes the same bytes. A corpus that is there is used, one that
    is half there is completed.

    The folder gets `samples/{speaker}_{emotion}_{sentence}.wav` (16 kHz, 16 bit,
    mono), `manifest.csv` and the settings in `synthetic.json`.

    Args:
        root: Folder of the corpus; created.
        seed: Decides voices and deviations.
        speakers: How many, or which: names of `SYNTHETIC_VOICES`, and for more
            than those thirteen a second voice "f1-2", a third "f1-3" of the same
            variant.
        emotions: Names of `SYNTHETIC_EMOTIONS`, or a table of your own.
        sentences: How many texts each speaker says in each emotion; ten or all
            of `texts` when absent. Beyond the forty `SENTENCES` random ones follow.
        language: Voice of espeak-ng, such as "en-us", "pl" or "de". Another
            language than English needs `texts`.
        texts: What to say instead of `SENTENCES`. With unlimited texts this is
            unlimited training speech for a recogniser.
        crossed: Each text by each speaker in each emotion; otherwise each text
            once, by a speaker and in an emotion that the seed draws.
        progress: Called with (utterances done, utterances in all).

    Raises:
        CorpusError: if a name is unknown, espeakng-loader is missing, or the
            folder holds anything else.

    References:
        Juslin & Laukka, Communication of Emotions in Vocal Expression and Music
        Performance, Psychological Bulletin 129(5), 2003.
    """
    root = pathlib.Path(root)
    voices = _voices(speakers)
    prosodies = _prosodies(emotions)
    texts = _texts(texts, sentences, language)
    _claim(root, _settings(seed, voices, prosodies, language, texts, crossed))
    plan = list(_plan(seed, voices, prosodies, texts, crossed))
    utterances = []
    for done, (speaker, emotion, number) in enumerate(plan, start=1):
        key = f"{speaker}_{emotion}_{number:0{len(str(len(texts)))}}"
        path = root / "samples" / f"{key}.wav"
        if not path.exists():
            neutral = _neutral(seed, speaker)
            drawn = random.Random(f"{seed}/{key}")
            manner = _add(_add(neutral, prosodies[emotion]), _drawn(drawn))
            _record(path, texts[number - 1], language, speaker, manner)
        utterances.append(
            Utterance(
                key=key,
                path=os.path.abspath(path),
                speaker=speaker,
                label=emotion,
                text=texts[number - 1],
                language=language,
                dataset="synthetic",
                session=speaker,
                sentence=str(number),
                gender="female" if speaker.startswith("f") else "male",
                style="synthetic",
            )
        )
        if progress is not None:
            progress(done, len(plan))
    manifest = Manifest(utterances)
    manifest.write(root / MANIFEST_FILE)
    return manifest


def _voices(speakers: int | Sequence[str]) -> tuple[str, ...]:
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
    return _different("speakers", speakers)


def _prosodies(
    emotions: Sequence[str] | Mapping[str, Prosody],
) -> dict[str, Prosody]:
    if isinstance(emotions, Mapping):
        for name in emotions:
            if not re.fullmatch(r"[\w-]+", name):
                raise CorpusError(
                    f"an emotion's name must be one word. Received: {name!r}."
                )
        _different("emotions", list(emotions))
        return dict(emotions)
    for name in emotions:
        if name not in SYNTHETIC_EMOTIONS:
            raise CorpusError(
                f"there is no synthetic emotion {name!r}. "
                f"Emotions: {', '.join(SYNTHETIC_EMOTIONS)}; "
                "or pass a table of `Prosody`."
            )
    return {name: SYNTHETIC_EMOTIONS[name] for name in _different("emotions", emotions)}


def _different(what: str, names: Sequence[str]) -> tuple[str, ...]:
    if not names or len(set(names)) < len(names):
        raise CorpusError(
            f"`{what}` must name at least one, and each once. Received: {list(names)}."
        )
    return tuple(names)


def _texts(
    texts: Sequence[str] | None, sentences: int | None, language: str
) -> tuple[str, ...]:
    if sentences is not None and sentences < 1:
        raise CorpusError(
            f"`sentences` must be at least 1. Received: sentences={sentences}."
        )
    if texts is not None:
        if not texts or not all(text.strip() for text in texts):
            raise CorpusError("`texts` must hold at least one text, and none empty.")
        if sentences is not None and sentences > len(texts):
            raise CorpusError(
                f"`sentences` must be at most the {len(texts)} texts. "
                f"Received: sentences={sentences}."
            )
        return tuple(texts)[:sentences]
    if not language.startswith("en"):
        raise CorpusError(
            f"the built-in sentences are English. For language {language!r} pass "
            "`texts`."
        )
    count = 10 if sentences is None else sentences
    more = random_sentences(max(0, count - len(SENTENCES)))
    return (SENTENCES + more)[:count]


def _settings(seed, voices, prosodies, language, texts, crossed) -> dict[str, Any]:
    spoken = "\n".join(texts).encode()
    return {
        "format": FORMAT,
        "seed": seed,
        "language": language,
        "crossed": crossed,
        "speakers": list(voices),
        "emotions": {
            name: dataclasses.asdict(prosody) for name, prosody in prosodies.items()
        },
        "texts": len(texts),
        "texts_sha256": hashlib.sha256(spoken).hexdigest(),
    }


def _claim(root: pathlib.Path, settings: dict[str, Any]) -> None:
    """Settings in the folder, or an error if it holds anything else."""
    path = root / SETTINGS_FILE
    text = json.dumps(settings, indent=2, ensure_ascii=False) + "\n"
    if not path.exists():
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise CorpusError(
                f"{root}: a synthetic corpus needs a folder of its own. "
                "Give a new or empty folder."
            )
        replace_file(path, lambda stream: stream.write(text.encode("utf-8")))
        return
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CorpusError(
            f"{path}: not the settings of a synthetic corpus ({error}). "
            "Give a new or empty folder."
        ) from error
    for name, value in settings.items():
        there = found.get(name) if isinstance(found, dict) else None
        if there != value:
            raise CorpusError(
                f"{path}: holds a corpus with {name} = {json.dumps(there)}, asked for "
                f"{json.dumps(value)}. Give another folder, or delete this one."
            )


def _plan(seed, voices, prosodies, texts, crossed) -> Iterator[tuple[str, str, int]]:
    """Speaker, emotion and number of the text, from 1, of each utterance."""
    numbers = range(1, len(texts) + 1)
    if not crossed:
        draw = random.Random(f"{seed}/plan")
        for number in numbers:
            yield draw.choice(voices), draw.choice(list(prosodies)), number
        return
    for speaker in voices:
        for emotion in prosodies:
            for number in numbers:
                yield speaker, emotion, number


def _neutral(seed: int, speaker: str) -> Prosody:
    return _drawn(random.Random(f"{seed}/{speaker}"), SPEAKER_SPREAD)


def _drawn(draw: random.Random, spread: Prosody = UTTERANCE_SPREAD) -> Prosody:
    # Cut at two deviations: a voice stays within what espeak-ng can say.
    deviations = [max(-2.0, min(2.0, draw.gauss(0, 1))) for _ in range(4)]
    rate, pitch, pitch_range, level = deviations
    return Prosody(
        rate=1 + spread.rate * rate,
        pitch=spread.pitch * pitch,
        pitch_range=spread.pitch_range * pitch_range,
        level=spread.level * level,
    )


def _add(one: Prosody, other: Prosody) -> Prosody:
    return Prosody(
        rate=one.rate * other.rate,
        pitch=one.pitch + other.pitch,
        pitch_range=one.pitch_range + other.pitch_range,
        level=one.level + other.level,
    )


def _record(
    path: pathlib.Path, text: str, language: str, speaker: str, manner: Prosody
) -> None:
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
