"""Audit of a manifest: unsound files, gaps, and speech that stands twice."""

from __future__ import annotations

import collections
import statistics
from collections.abc import Callable, Sequence

from satn_keras.corpora.audit import Audit
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.sounds import Sound, listen
from satn_keras.corpora.utterance import Utterance


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
    sounds = []
    for done, sound in enumerate(listen(manifest), start=1):
        sounds.append(sound)
        if progress is not None:
            progress(done, len(manifest))
    return audit_of(manifest, sounds, classes)


def audit_of(
    manifest: Manifest, sounds: Sequence[Sound], classes: Sequence[str] | None = None
) -> Audit:
    """Audit of a manifest whose files were heard already.

    Args:
        manifest: Utterances to check.
        sounds: What the file of each utterance holds, in order.
        classes: The allowed labels; any when absent.
    """
    faults = [
        f"utterance {sound.utterance.key!r}: {sound.fault}"
        for sound in sounds
        if sound.fault
    ]
    heard = [sound for sound in sounds if sound.seconds]
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
        errors=(*faults, *label_errors, *copy_errors),
        warnings=(*_check_texts(manifest), *label_warnings, *copy_warnings),
    )


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


def _check_copies(heard: Sequence[Sound]) -> tuple[list[str], list[str]]:
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
