"""A corpus of noise in which nothing is wrong, and the faults to put into it."""

import itertools

import numpy as np
import soundfile

from satn_keras.corpora import Utterance

RATE = 16000
SPEAKERS = ("anna", "bert", "cora")
LABELS = ("angry", "happy", "sad")
TEXTS = ("stop it", "go home", "yes please", "no more")


def noise(seed, seconds=0.3, level=0.1, channels=1):
    """Noise of some seconds: float32, (samples,) or (samples, channels)."""
    size = round(seconds * RATE)
    shape = size if channels == 1 else (size, channels)
    random = np.random.default_rng(seed)
    return random.uniform(-level, level, shape).astype("float32")


def write(folder, key, samples, speaker, label, text="stop it", rate=RATE, **fields):
    """Utterance whose file holds the samples as 32-bit floats."""
    path = folder / f"{key}.wav"
    soundfile.write(path, samples, rate, subtype="FLOAT")
    return Utterance(key, str(path), speaker, label, text, "en", **fields)


def honest(folder, loud=None, long=None):
    """Every speaker's every sentence with every label, all about as loud and long.

    Args:
        folder: of the files.
        loud: Function of speaker, label and sentence to a factor of the amplitude.
        long: Function of the same to a factor of the duration.
    """
    folder.mkdir(parents=True, exist_ok=True)
    utterances = []
    for number, (speaker, label, sentence) in enumerate(
        itertools.product(SPEAKERS, LABELS, range(len(TEXTS)))
    ):
        random = np.random.default_rng(1000 + number)
        seconds, level = random.uniform(0.2, 0.4), random.uniform(0.05, 0.2)
        seconds *= long(speaker, label, sentence) if long else 1
        level *= loud(speaker, label, sentence) if loud else 1
        key = f"{speaker}_{label}_{sentence}"
        utterances.append(
            write(
                folder,
                key,
                noise(number, seconds, level),
                speaker,
                label,
                TEXTS[sentence],
                sentence=str(sentence),
                session="all",
            )
        )
    return utterances
