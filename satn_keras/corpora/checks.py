"""Audit of a manifest: unsound files, gaps, and speech that stands twice."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import itertools
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import soundfile

from satn_keras.corpora.manifest import Manifest, Utterance

WINDOW_SECONDS = 0.025  # a shorter file holds not one frame of features
SILENCE = 1e-4  # full scale is 1: a swing below -80 dB is no speech
BLOCK = 1 << 16  # samples read at a time, so that memory stays small
BATCH = 512  # files under way at a time
SHOWN = 50  # faults of one kind in the Markdown text
# Whose headers only estimate the length.
LOSSY_FORMATS = ("MP3", "MPEG", "OGG")


@dataclasses.dataclass(frozen=True)
class Audit:
    """What `validate` found.

    Args:
        utterances: How many were checked.
        seconds: Duration of all readable files together.
        durations: Shortest, median and longest readable file, in seconds.
        counts: Utterances of each label (inner) by each speaker (outer).
        sample_rates: Files of each sample rate in Hz.
        channels: Files of each number of channels.
        errors: One line for each fault that must be mended before training.
        warnings: One line for each oddity to know of.
    """

    utterances: int
    seconds: float
    durations: tuple[float, float, float]
    counts: dict[str, dict[str, int]]
    sample_rates: dict[int, int]
    channels: dict[int, int]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether there is no error. Warnings may remain."""
        return not self.errors

    def to_dict(self) -> dict[str, Any]:
        """The audit as values that JSON can hold."""
        values = dataclasses.asdict(self)
        for name in ("sample_rates", "channels"):
            values[name] = {str(key): count for key, count in values[name].items()}
        for name in ("durations", "errors", "warnings"):
            values[name] = list(values[name])
        return values | {"passed": self.passed}

    def to_markdown(self) -> str:
        """The audit as a page to read, at most fifty faults of each kind."""
        lines = ["# Audit", "", *self._summary(), ""]
        lines += ["## Utterances by speaker and label", "", *self._table(), ""]
        lines += ["## Errors", "", *_bullets(self.errors), ""]
        lines += ["## Warnings", "", *_bullets(self.warnings), ""]
        return "\n".join(lines)

    def _summary(self) -> Iterator[str]:
        shortest, median, longest = self.durations
        yield f"- verdict: {'passed' if self.passed else 'failed'}"
        yield f"- utterances: {self.utterances}, speakers: {len(self.counts)}"
        yield (
            f"- duration: {self.seconds / 3600:.2f} h; shortest {shortest:.2f} s, "
            f"median {median:.2f} s, longest {longest:.2f} s"
        )
        rates = (f"{rate} Hz ({n})" for rate, n in self.sample_rates.items())
        channels = (f"{number} ({n})" for number, n in self.channels.items())
        yield f"- sample rates (files): {', '.join(rates) or 'none readable'}"
        yield f"- channels (files): {', '.join(channels) or 'none readable'}"

    def _table(self) -> Iterator[str]:
        labels = sorted({label for counts in self.counts.values() for label in counts})
        rows = [
            [speaker, *(counts.get(label, 0) for label in labels), sum(counts.values())]
            for speaker, counts in self.counts.items()
        ]
        total = ["all", *(sum(column) for column in list(zip(*rows, strict=True))[1:])]
        names = [label or "(no label)" for label in labels]
        yield _cells(["speaker", *names, "all"])
        yield _cells(["---", *["---:"] * (len(labels) + 1)])
        for row in [*rows, total]:
            yield _cells(row)


def validate(
    manifest: Manifest,
    classes: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Audit:
    """Audit of every file and every field of a manifest.

    Errors are: a file that is missing, unreadable, cut off, empty, silent,
    shorter than one window of 25 ms or holds samples that are not finite; a label
    outside the class set; the same sound by two speakers or with two labels.
    The same sound twice by one speaker with one label is a warning, as are gaps
    in texts, labels and the speaker-by-label table. Sounds are compared by what
    decodes from the file, so a WAV and its FLAC copy count as the same.

    Args:
        manifest: Utterances to check. Files are read in blocks, some at a time.
        classes: The allowed labels; any when absent.
        progress: Called with (files done, files in all) after each file.

    Returns:
        The audit; `Audit.passed` tells whether it has no error.
    """
    errors: list[str] = []
    heard: list[_Sound] = []
    for done, (utterance, sound) in enumerate(_listen_to_all(manifest), start=1):
        if sound.fault:
            errors.append(f"utterance {utterance.key!r}: {sound.fault}")
        if sound.seconds:
            heard.append(sound)
        if progress is not None:
            progress(done, len(manifest))
    label_errors, label_warnings = _check_labels(manifest, classes)
    copy_errors, copy_warnings = _check_copies(heard)
    seconds = sorted(sound.seconds for sound in heard) or [0.0]
    return Audit(
        utterances=len(manifest),
        seconds=sum(seconds),
        durations=(seconds[0], statistics.median(seconds), seconds[-1]),
        counts=_count(manifest),
        sample_rates=_tally(sound.sample_rate for sound in heard),
        channels=_tally(sound.channels for sound in heard),
        errors=(*errors, *label_errors, *copy_errors),
        warnings=(*_check_texts(manifest), *label_warnings, *copy_warnings),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Sound:
    """What one file holds; `fault` is "" for sound speech."""

    utterance: Utterance
    fault: str = ""
    seconds: float = 0.0
    sample_rate: int = 0
    channels: int = 0
    digest: bytes = b""


def _listen_to_all(manifest: Manifest) -> Iterator[tuple[Utterance, _Sound]]:
    workers = min(32, (os.cpu_count() or 1) * 2)
    with ThreadPoolExecutor(workers) as pool:
        rest = iter(manifest)
        while batch := list(itertools.islice(rest, BATCH)):
            yield from zip(batch, pool.map(_listen, batch), strict=True)


def _listen(utterance: Utterance) -> _Sound:
    path = utterance.path
    if not os.path.isfile(path):
        return _Sound(utterance, f"{path}: no such file. Check the path.")
    try:
        with soundfile.SoundFile(path) as file:
            return _listen_to(utterance, file)
    except (soundfile.LibsndfileError, OSError) as error:
        reason = " ".join(str(error).split())
        return _Sound(utterance, f"{path}: not readable ({reason}). Replace the file.")


def _listen_to(utterance: Utterance, file: soundfile.SoundFile) -> _Sound:
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
    return _Sound(utterance, fault, length / rate, rate, file.channels, digest.digest())


def _check_labels(
    manifest: Manifest, classes: Sequence[str] | None
) -> tuple[list[str], list[str]]:
    errors, warnings = [], []
    labelled = sum(bool(one.label) for one in manifest)
    if classes is not None:
        errors = [
            f"utterance {one.key!r}: label {one.label!r} is not in the class set "
            f"({', '.join(classes)}). Correct it, or add it to the classes."
            for one in manifest
            if one.label not in classes
        ]
    elif labelled < len(manifest):
        warnings.append(_gap(manifest, "label"))
    if labelled:
        wanted = manifest.labels if classes is None else classes
        warnings += [
            f"speaker {speaker!r} has no utterance of {', '.join(absent)}."
            for speaker, counts in _count(manifest).items()
            if (absent := [label for label in wanted if not counts.get(label)])
        ]
    return errors, warnings


def _check_texts(manifest: Manifest) -> list[str]:
    return [_gap(manifest, "text")] if any(not one.text for one in manifest) else []


def _gap(manifest: Manifest, field: str) -> str:
    lacking = [one.key for one in manifest if not getattr(one, field)]
    if len(lacking) == len(manifest):
        return f"no utterance has a {field}."
    return (
        f"{len(lacking)} of {len(manifest)} utterances have no {field}, "
        f"the first is {lacking[0]!r}."
    )


def _check_copies(heard: Sequence[_Sound]) -> tuple[list[str], list[str]]:
    errors, warnings = [], []
    copies: dict[bytes, list[Utterance]] = {}
    for sound in heard:
        if not sound.fault:
            copies.setdefault(sound.digest, []).append(sound.utterance)
    for group in copies.values():
        if len(group) == 1:
            continue
        keys = ", ".join(repr(one.key) for one in group)
        speakers = sorted({one.speaker for one in group})
        labels = sorted({one.label for one in group})
        if len(speakers) > 1:
            errors.append(
                f"utterances {keys}: the same sound by the speakers "
                f"{', '.join(speakers)}, so a test fold would leak. Keep one of them."
            )
        elif len(labels) > 1:
            errors.append(
                f"utterances {keys}: the same sound with the labels "
                f"{', '.join(map(repr, labels))}. Keep one of them."
            )
        else:
            warnings.append(f"utterances {keys}: the same sound. Keep one of them.")
    return errors, warnings


def _count(manifest: Manifest) -> dict[str, dict[str, int]]:
    counts: dict[str, collections.Counter] = {
        speaker: collections.Counter() for speaker in manifest.speakers
    }
    for utterance in manifest:
        counts[utterance.speaker][utterance.label] += 1
    return {
        speaker: {label: numbers[label] for label in sorted(numbers)}
        for speaker, numbers in counts.items()
    }


def _tally(values) -> dict[int, int]:
    return dict(sorted(collections.Counter(values).items()))


def _cells(values: Sequence[Any]) -> str:
    cells = (str(value).replace("|", "\\|") for value in values)
    return f"| {' | '.join(cells)} |"


def _bullets(lines: Sequence[str]) -> list[str]:
    shown = [f"- {line}" for line in lines[:SHOWN]] or ["none"]
    more = len(lines) - SHOWN
    return [*shown, f"- and {more} more"] if more > 0 else shown
