"""What the sound files of a manifest hold, heard some at a time."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import soundfile

from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.utterance import Utterance

WINDOW_SECONDS = 0.025  # a shorter file holds not one frame of features
SILENCE = 1e-4  # full scale is 1: a swing below -80 dB is no speech
BLOCK = 1 << 16  # samples read at a time, so that memory stays small
BATCH = 512  # files under way at a time
# Whose headers only estimate the length.
LOSSY_FORMATS = ("MP3", "MPEG", "OGG")


@dataclasses.dataclass(frozen=True, slots=True)
class Sound:
    """What one file holds.

    Args:
        utterance: Whose file it is.
        fault: What is wrong with it, with the remedy; "" if nothing is.
        seconds: Duration, 0 if the file cannot be read.
        sample_rate: In Hz.
        channels: How many.
        digest: Hash of the decoded samples, sample rate and channels.
    """

    utterance: Utterance
    fault: str = ""
    seconds: float = 0.0
    sample_rate: int = 0
    channels: int = 0
    digest: bytes = b""


def listen(manifest: Manifest) -> Iterator[Sound]:
    """Each file of the manifest, in order, heard in threads and in blocks.

    Args:
        manifest: Utterances; missing and broken files become faults.
    """
    workers = min(32, (os.cpu_count() or 1) * 2)
    with ThreadPoolExecutor(workers) as pool:
        rest = iter(manifest)
        while batch := list(itertools.islice(rest, BATCH)):
            yield from pool.map(_listen_to_one, batch)


def _listen_to_one(utterance: Utterance) -> Sound:
    path = utterance.path
    if not os.path.isfile(path):
        return Sound(utterance, f"{path}: no such file. Check the path.")
    try:
        with soundfile.SoundFile(path) as file:
            return _listen_to_samples(utterance, file)
    except (soundfile.LibsndfileError, OSError, TypeError) as error:
        # TypeError: a name in .raw
        reason = " ".join(str(error).split())
        return Sound(utterance, f"{path}: not readable ({reason}). Replace the file.")


def _listen_to_samples(utterance: Utterance, file: soundfile.SoundFile) -> Sound:
    path, rate = utterance.path, file.samplerate
    digest = hashlib.blake2b(
        f"{rate} {file.channels} ".encode(), digest_size=16, usedforsecurity=False
    )
    low, high, finite, length = np.inf, -np.inf, True, 0
    while len(block := file.read(BLOCK, dtype="float32", always_2d=True)):
        digest.update(block.tobytes())
        length += len(block)
        finite = finite and bool(np.isfinite(block).all())
        low, high = min(low, block.min()), max(high, block.max())
    if length == 0:
        fault = f"{path}: holds no samples. Replace the file."
    elif length < file.frames and file.format not in LOSSY_FORMATS:
        fault = (
            f"{path}: cut off, {length} of {file.frames} samples are there. "
            "Copy the file again."
        )
    elif not finite:
        fault = f"{path}: holds samples that are not finite. Replace the file."
    elif length < WINDOW_SECONDS * rate:
        fault = (
            f"{path}: {length / rate:.4f} s is shorter than one window of "
            f"{WINDOW_SECONDS} s. Leave the utterance out."
        )
    elif high - low < SILENCE:
        fault = f"{path}: silent. Leave the utterance out."
    else:
        fault = ""
    return Sound(utterance, fault, length / rate, rate, file.channels, digest.digest())
