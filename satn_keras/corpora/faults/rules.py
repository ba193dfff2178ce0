"""Rules of an audit: name, severity, threshold; and what breaks one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from satn_keras.sound_file import LOUDEST

WINDOW_SECONDS = 0.025  # a shorter file holds not one frame of features
LONGEST_SECONDS = 60.0  # a longer utterance is mostly a file that was not cut
SILENCE = 1e-4  # full scale is 1: a swing below -80 dB is no speech
FULL_SCALE = 0.9999  # the highest 16-bit value is 0.99997
FULL_SCALE_RUN = 3  # neighbouring samples; a loud peak alone touches it once or twice
FLAT_TOP = 0.05  # of full scale; in quiet sounds equal neighbours are common
FLAT_TOP_RUN = 8  # neighbouring samples that make a clipped and rescaled wave
OFFSET = 1e-3  # of full scale
OFFSET_SHARE = 0.1  # of the root mean square


@dataclasses.dataclass(frozen=True)
class Rule:
    """What may be wrong with an utterance, a manifest or a fold.

    Args:
        severity: "error", which training refuses, or "warning".
        meaning: What breaks the rule, with its threshold.
    """

    severity: str
    meaning: str


def _error(meaning: str) -> Rule:
    return Rule("error", meaning)


def _warning(meaning: str) -> Rule:
    return Rule("warning", meaning)


RULES = {
    "missing_file": _error("no file at the path"),
    "unreadable": _error("a file that libsndfile cannot open"),
    "empty": _error("no samples"),
    "truncated": _error("fewer samples than the header promises, or decoding stops"),
    "non_finite": _error(
        f"a sample that is infinite, no number, or beyond {LOUDEST:g} times full scale"
    ),
    "too_short": _error(f"shorter than one window of {WINDOW_SECONDS} s"),
    "silent": _error(f"highest and lowest sample less than {SILENCE:g} apart"),
    "too_long": _warning(f"longer than {LONGEST_SECONDS:g} s (`--longest`)"),
    "clipped": _warning(
        f"{FULL_SCALE_RUN} neighbouring samples at full scale ({FULL_SCALE} or more), "
        f"or {FLAT_TOP_RUN} at the file's own extreme, {FLAT_TOP} or more"
    ),
    "dc_offset": _warning(
        f"a channel's mean of {OFFSET:g} or more, and {OFFSET_SHARE:g} of its root "
        "mean square or more"
    ),
    "sample_rate": _warning("another sample rate than most files"),
    "channels": _warning("another number of channels than most files"),
    "same_channels": _warning("several channels, all identical"),
    "copy": _warning("the same decoded sound twice by one speaker with one label"),
    "copy_two_labels": _error("the same decoded sound with two labels"),
    "copy_two_speakers": _error("the same decoded sound under two speakers"),
    "missing_label": _error("no label, where other utterances have one"),
    "unknown_label": _error("a label outside the class set (`--classes`)"),
    "absent_class": _warning("a speaker without an utterance of a class"),
    "missing_text": _warning("no text, where other utterances have one"),
    "unknown_words": _warning("words that the lexicon lacks (`--lexicon`)"),
    "leaked_speaker": _error("a speaker in two parts of a fold"),
    "leaked_copy": _error("the same decoded sound in two parts of a fold"),
    "allowed_speaker": _warning("a speaker in two parts of a fold that allows it"),
    "shared_sentence": _warning("a sentence in two parts of a fold"),
    "shared_session": _warning("a session of several speakers in two parts of a fold"),
    "label_from_loudness": _warning("loudness tells the label: share 0.5, p 0.01"),
    "label_from_duration": _warning("duration tells the label: share 0.5, p 0.01"),
    "label_from_sentence": _warning("the sentence tells the label: share 0.2, p 0.01"),
    "label_from_speaker": _warning("the speaker tells the label: share 0.2, p 0.01"),
}


@dataclasses.dataclass(frozen=True)
class Finding:
    """What breaks a rule, where.

    Args:
        rule: Name in `RULES`.
        message: One line: what, which rule, what to do.
        keys: Of the utterances.

    Example:
        >>> Finding("empty", "a.wav: holds no samples.", ("a",)).severity
        'error'
    """

    rule: str
    message: str
    keys: Sequence[str] = ()

    @property
    def severity(self) -> str:
        """Severity of the rule, "error" or "warning"."""
        return RULES[self.rule].severity

    def to_dict(self) -> dict[str, Any]:
        """Values that JSON can hold."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "keys": list(self.keys),
        }
