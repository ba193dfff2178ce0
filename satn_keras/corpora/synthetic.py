"""Emotional speech of espeak-ng: a corpus without download, of any size."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pathlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from satn_keras.corpora.files import replace_file
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.prosody import Prosody, choose_emotions, manner_of
from satn_keras.corpora.sentences import SENTENCES, random_sentences
from satn_keras.corpora.utterance import Utterance
from satn_keras.corpora.voices import choose_voices, record
from satn_keras.errors import CorpusError

SETTINGS_FILE = "synthetic.json"
MANIFEST_FILE = "manifest.csv"
FORMAT = 1  # raise when the same settings begin to give other speech


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
    voices = choose_voices(speakers)
    prosodies = choose_emotions(emotions)
    texts = _texts(texts, sentences, language)
    _claim(root, _settings(seed, voices, prosodies, language, texts, crossed))
    plan = list(_plan(seed, voices, prosodies, texts, crossed))
    utterances = []
    for done, (speaker, emotion, number) in enumerate(plan, start=1):
        key = f"{speaker}_{emotion}_{number:0{len(str(len(texts)))}}"
        path = root / "samples" / f"{key}.wav"
        if not path.exists():
            manner = manner_of(seed, speaker, prosodies[emotion], key)
            record(path, texts[number - 1], language, speaker, manner)
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
