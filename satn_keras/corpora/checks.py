"""Audit of a manifest: unsound files, gaps, and speech that stands twice."""

from __future__ import annotations

import collections
import statistics
from collections.abc import Callable, Mapping, Sequence

from satn_keras.corpora.audit import Audit
from satn_keras.corpora.faults.copies import check_copies, find_copies
from satn_keras.corpora.faults.cues import check_cues, score_cues
from satn_keras.corpora.faults.divisions import Division, check_divisions
from satn_keras.corpora.faults.gaps import (
    check_labels,
    check_texts,
    check_words,
    count_labels,
)
from satn_keras.corpora.faults.oddities import check_sounds, level_range
from satn_keras.corpora.faults.rules import LONGEST_SECONDS, RULES
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.sounds import Sound, listen


def validate(
    manifest: Manifest,
    classes: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    longest: float = LONGEST_SECONDS,
    divisions: Sequence[Division] = (),
    unknown_words: Mapping[str, Sequence[str]] | None = None,
    cues: bool = False,
) -> Audit:
    """Audit of every file and every field of a manifest.

    `satn_keras.corpora.faults.RULES` tells what is looked for, and what is an error.
    Sounds are compared by what decodes from the file, so a WAV and its FLAC copy
    count as the same.

    Args:
        manifest: Utterances to check. Files are read in blocks, some at a time.
        classes: The allowed labels; any when absent.
        progress: Called with (files done, files in all) after each file.
        longest: Seconds beyond which an utterance is too long.
        divisions: Folds to check for what straddles their parts.
        unknown_words: Words that a lexicon lacks, by the utterance's key.
        cues: Whether to judge how well loudness, duration, sentence and speaker
            alone tell the label.

    Returns:
        The audit; `Audit.passed` tells whether it has no error.
    """
    sounds = []
    for done, sound in enumerate(listen(manifest, digests=False), start=1):
        sounds.append(sound)
        if progress is not None:
            progress(done, len(manifest))
    return audit_of(
        manifest,
        sounds,
        classes,
        longest=longest,
        divisions=divisions,
        unknown_words=unknown_words,
        cues=cues,
    )


def audit_of(
    manifest: Manifest,
    sounds: Sequence[Sound],
    classes: Sequence[str] | None = None,
    *,
    longest: float = LONGEST_SECONDS,
    divisions: Sequence[Division] = (),
    unknown_words: Mapping[str, Sequence[str]] | None = None,
    cues: bool = False,
) -> Audit:
    """Audit of a manifest whose files were heard already.

    Args:
        manifest: Utterances to check.
        sounds: What the file of each utterance holds, in order.
        classes: The allowed labels; any when absent.
        longest: As `validate` takes it, like all that follow.
        divisions: Folds.
        unknown_words: Words that a lexicon lacks.
        cues: Whether to judge the cues.
    """
    copies = find_copies(sounds)
    scores = score_cues(sounds) if cues else []
    findings = [
        *check_sounds(sounds, longest),
        *check_copies(copies),
        *check_labels(manifest, classes),
        *check_texts(manifest),
        *check_words(unknown_words or {}),
        *check_divisions(divisions, copies),
        *check_cues(scores),
    ]
    heard = [sound for sound in sounds if sound.seconds]
    seconds = sorted(sound.seconds for sound in heard) or [0.0]
    order = {rule: place for place, rule in enumerate(RULES)}
    return Audit(
        utterances=len(manifest),
        seconds=sum(seconds),
        durations=(seconds[0], statistics.median(seconds), seconds[-1]),
        levels=level_range(sounds),
        counts=count_labels(manifest),
        sample_rates=_tally(sound.sample_rate for sound in heard),
        channels=_tally(sound.channels for sound in heard),
        findings=tuple(sorted(findings, key=lambda finding: order[finding.rule])),
        cues=tuple(scores),
        folds=tuple(division.name for division in divisions),
        sounds=tuple(sounds),
    )


def _tally(values) -> dict[int, int]:
    return dict(sorted(collections.Counter(values).items()))
