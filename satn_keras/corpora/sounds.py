"""What the sound files of a manifest hold, heard some at a time."""

from __future__ import annotations

import collections
import dataclasses
import functools
import hashlib
import itertools
import math
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import soundfile

from satn_keras.corpora.faults.headers import promised_more
from satn_keras.corpora.faults.rules import (
    OFFSET,
    OFFSET_SHARE,
    SILENCE,
    WINDOW_SECONDS,
)
from satn_keras.corpora.faults.waves import Wave
from satn_keras.corpora.utterance import Utterance

BLOCK = 1 << 16  # samples read at a time, so that memory stays small
RUN = 32  # files that a thread takes at a time: fewer hand-overs
AHEAD = 3  # runs of each thread that are under way or wait to be taken
# Whose headers only estimate the length.
LOSSY_FORMATS = ("MP3", "MPEG", "OGG")
_KEPT = threading.local()


@dataclasses.dataclass(frozen=True, slots=True)
class Sound:
    """What one file holds.

    Args:
        utterance: Whose file it is.
        fault: What is wrong with it, with the remedy; "" if nothing is.
        rule: Name of the rule that the fault breaks; "" if nothing is wrong.
        seconds: Duration, 0 if the file cannot be read.
        sample_rate: In Hz.
        channels: How many.
        level: Root mean square of all channels in dB, 0 dB at full scale.
        peak: Greatest absolute sample, full scale at 1.
        offset: Mean of the channel where it is furthest from 0, full scale at 1.
        clipped: Whether samples stand in a row at an extreme.
        shifted: Whether a channel's mean is too far from 0.
        same_channels: Whether there are several channels, all identical.
        mark: What equal sounds have in common, and few others: sample rate, channels,
            samples, and for the extremes of each channel where they are and how high.
        digest: Hash of the decoded samples, sample rate and channels; b"" where it
            was not asked for.
    """

    utterance: Utterance
    fault: str = ""
    rule: str = ""
    seconds: float = 0.0
    sample_rate: int = 0
    channels: int = 0
    level: float = -math.inf
    peak: float = 0.0
    offset: float = 0.0
    clipped: bool = False
    shifted: bool = False
    same_channels: bool = False
    mark: str = ""
    digest: bytes = b""

    @classmethod
    def of(cls, utterance: Utterance, facts: Mapping[str, Any]) -> Sound:
        """The sound of an utterance whose file's `facts` are known."""
        return cls(utterance, **{**facts, "digest": bytes.fromhex(facts["digest"])})

    def facts(self) -> dict[str, Any]:
        """All but the utterance, as values that JSON can hold."""
        values = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name != "utterance"
        }
        return {**values, "digest": self.digest.hex()}


def listen(manifest: Sequence[Utterance], digests: bool = True) -> Iterator[Sound]:
    """Each file of the manifest, in order, heard in threads and in blocks.

    Args:
        manifest: Utterances; missing and broken files become faults.
        digests: Whether to hash the samples, which takes longer than to read them.
    """
    hear = functools.partial(_listen_to_run, digests=digests)
    # libsndfile and NumPy work outside Python's lock; one thread more than there are
    # processors works while the others wait for the disk.
    workers = min(32, (os.cpu_count() or 1) + 1)
    rest = iter(manifest)
    waiting: collections.deque[Future] = collections.deque()
    with ThreadPoolExecutor(workers) as pool:
        while run := list(itertools.islice(rest, RUN)):
            waiting.append(pool.submit(hear, run))
            if len(waiting) > AHEAD * workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def digest_of(utterance: Utterance) -> bytes:
    """Hash of the decoded samples of one file, b"" if it cannot be read."""
    return _listen_to_one(utterance, digests=True).digest


def _listen_to_run(run: Sequence[Utterance], digests: bool) -> list[Sound]:
    return [_listen_to_one(utterance, digests) for utterance in run]


def _listen_to_one(utterance: Utterance, digests: bool) -> Sound:
    path = utterance.path
    try:
        file = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, OSError, TypeError) as error:
        # TypeError: a name in .raw
        if not os.path.isfile(path):
            fault = f"{path}: no such file. Check the path."
            return Sound(utterance, fault, "missing_file")
        fault = f"{path}: not readable ({_in_a_line(error)}). Replace the file."
        return Sound(utterance, fault, "unreadable")
    with file:
        try:
            return _listen_to_samples(utterance, file, digests)
        except (soundfile.LibsndfileError, OSError) as error:
            fault = (
                f"{path}: cut off or damaged, decoding stops before the end "
                f"({_in_a_line(error)}). Copy the file again."
            )
            return Sound(utterance, fault, "truncated")


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _listen_to_samples(utterance, file, digests) -> Sound:
    path, rate, channels = utterance.path, file.samplerate, file.channels
    waves = [Wave() for _ in range(channels)]
    digest, same = _new_digest(rate, channels) if digests else None, channels > 1
    buffer = _buffer(channels)
    while len(block := file.read(out=buffer)):
        if digest is not None:
            digest.update(block.tobytes())
        if channels == 1:
            waves[0].hear(block)
        else:
            same = same and bool((block == block[:, :1]).all())
            for wave, samples in zip(waves, block.T, strict=True):
                wave.hear(np.ascontiguousarray(samples))
        if len(block) < len(buffer):
            break
    rule, fault = _fault(path, file, waves)
    length = waves[0].samples
    heard = length > 0 and all(wave.finite for wave in waves)
    return Sound(
        utterance,
        fault,
        rule,
        length / rate,
        rate,
        channels,
        **(_measures(waves) if heard else {}),
        same_channels=heard and same,
        mark=_mark(rate, waves) if heard else "",
        digest=b"" if digest is None else digest.digest(),
    )


def _buffer(channels: int) -> np.ndarray:
    """A block's place, the same for all files of a thread.

    Memory that is new to the process costs more than all that is done with it.
    """
    shape = (BLOCK,) if channels == 1 else (BLOCK, channels)
    if getattr(_KEPT, "buffer", np.empty(0)).shape != shape:
        _KEPT.buffer = np.empty(shape, "float32")
    return _KEPT.buffer


def _new_digest(rate, channels):
    return hashlib.blake2b(
        f"{rate} {channels} ".encode(), digest_size=16, usedforsecurity=False
    )


def _fault(path, file, waves) -> tuple[str, str]:
    """Rule that the file breaks and a line on it, or two empty strings."""
    length = waves[0].samples
    promised = promised_more(file, path)
    if length < file.frames and file.format not in LOSSY_FORMATS:
        promised = f"{length} of {file.frames} samples are there"
    if promised:
        return "truncated", f"{path}: cut off, {promised}. Copy the file again."
    if not length:
        return "empty", f"{path}: holds no samples. Replace the file."
    if not all(wave.finite for wave in waves):
        return (
            "non_finite",
            f"{path}: holds samples that are not finite, or far beyond full scale. "
            "Replace the file.",
        )
    if length < WINDOW_SECONDS * file.samplerate:
        return "too_short", (
            f"{path}: {length / file.samplerate:.4f} s is shorter than one window of "
            f"{WINDOW_SECONDS} s. Leave the utterance out."
        )
    if all(wave.high - wave.low < SILENCE for wave in waves):
        return "silent", f"{path}: silent. Leave the utterance out."
    return "", ""


def _measures(waves: Sequence[Wave]) -> dict:
    power = sum(wave.energy for wave in waves) / sum(wave.samples for wave in waves)
    return {
        "level": 10 * math.log10(power) if power else -math.inf,
        "peak": max(max(wave.high, -wave.low) for wave in waves),
        "offset": max((wave.mean for wave in waves), key=abs),
        "clipped": any(wave.clipped for wave in waves),
        "shifted": any(_is_shifted(wave) for wave in waves),
    }


def _is_shifted(wave: Wave) -> bool:
    return abs(wave.mean) >= max(OFFSET, OFFSET_SHARE * wave.rms)


def _mark(rate: int, waves: Sequence[Wave]) -> str:
    extremes = (
        f"{wave.high!r}@{wave.high_place} {wave.low!r}@{wave.low_place}"
        for wave in waves
    )
    return f"{rate} {waves[0].samples} {' '.join(extremes)}"
