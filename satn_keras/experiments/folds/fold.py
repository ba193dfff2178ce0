"""A fold: training, validation and test utterances that are kept apart."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import os
from collections.abc import Callable, Collection, Iterable
from typing import Any

from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ProtocolError

PARTS = ("train", "validation", "test")
# What may be kept apart, and how an utterance tells.
_TOLD_BY: dict[str, Callable[[Utterance], str]] = {
    "speaker": lambda utterance: utterance.speaker,
    "key": lambda utterance: utterance.key,
    "audio file": lambda utterance: os.path.abspath(utterance.path),
    "sentence": lambda utterance: utterance.sentence,
}
ALWAYS_DISJOINT = ("key", "audio file")
DISJOINT = ("speaker", *ALWAYS_DISJOINT)


@dataclasses.dataclass(frozen=True)
class Fold:
    """One division of a manifest; no speaker, key or sound file is in two parts.

    Args:
        name: Such as the test speaker's.
        train: What the model learns from. Not empty.
        validation: What selects the epoch and the settings. May be empty.
        test: What is scored once, at the end. Not empty, unless `untested`.
        disjoint: What is in one part alone. "key" and "audio file" always are;
            "sentence" joins them where a protocol asks for it, and "speaker" is
            absent where a published fold shares speakers.
        untested: Whether all speakers train a model that is to be used: its figures
            are those of a cross-validation of its recipe.

    Raises:
        ProtocolError: if two parts share what must be disjoint, or `train` or
            `test` is empty, or `test` is not where it should be.
    """

    name: str
    train: Manifest
    validation: Manifest
    test: Manifest
    disjoint: tuple[str, ...] = DISJOINT
    untested: bool = False

    def __post_init__(self):
        _check_kinds(self.name, self.disjoint)
        if self.untested and len(self.test):
            raise ProtocolError(
                f"fold {self.name!r}: `untested`, but its test part has utterances."
            )
        for part in ("train",) if self.untested else ("train", "test"):
            if not len(getattr(self, part)):
                raise ProtocolError(
                    f"fold {self.name!r}: {part} has no utterance. "
                    "Hold out fewer speakers, or others."
                )
        for what in self.disjoint:
            found = {part: told(what, getattr(self, part)) for part in PARTS}
            for one, other in itertools.combinations(PARTS, 2):
                shared = found[one] & found[other]
                if shared:
                    raise ProtocolError(
                        f"fold {self.name!r}: {what} {listed(shared)} in both {one} "
                        f"and {other}. Each {what} must be in one part alone."
                    )

    @property
    def speaker_independent(self) -> bool:
        """Whether no test speaker is heard in training or validation."""
        heard = {*self.train.speakers, *self.validation.speakers}
        return heard.isdisjoint(self.test.speakers)

    def split_record(self) -> dict[str, Any]:
        """Keys of each part for JSON, with the SHA-256 of the sorted keys.

        Two runs with the same hash saw the same division, in whatever order. What
        is unusual is said: `disjoint` where it is not speakers, keys and sound
        files, and `speaker_independent` where it is false.
        """
        parts = {part: list(getattr(self, part).keys) for part in PARTS}
        canonical = json.dumps([sorted(parts[part]) for part in PARTS])
        digest = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
        record = {"name": self.name, **parts, "sha256": digest}
        if self.disjoint != DISJOINT:
            record["disjoint"] = list(self.disjoint)
        if not self.speaker_independent:
            record["speaker_independent"] = False
        return record


def told(what: str, manifest: Iterable[Utterance]) -> set[str]:
    """Different speakers, keys, audio files or sentences, as `what` says.

    Example:
        >>> told("sentence", [Utterance("a", "a.wav", speaker="s", sentence="b10")])
        {'b10'}
    """
    return {_TOLD_BY[what](utterance) for utterance in manifest}


def listed(names: Collection[str]) -> str:
    """The first five names, quoted, and how many more there are.

    Example:
        >>> print(listed({"c", "a"}))
        'a', 'c'
    """
    names = sorted(names)
    more = len(names) - 5
    shown = ", ".join(repr(name) for name in names[:5])
    return f"{shown} and {more} more" if more > 0 else shown


def _check_kinds(name: str, disjoint: Collection[str]) -> None:
    unknown = set(disjoint) - set(_TOLD_BY)
    missing = set(ALWAYS_DISJOINT) - set(disjoint)
    if unknown or missing:
        raise ProtocolError(
            f"fold {name!r}: `disjoint` must hold {' and '.join(ALWAYS_DISJOINT)}, "
            f"and may hold speaker and sentence. Received: {', '.join(disjoint)}."
        )
