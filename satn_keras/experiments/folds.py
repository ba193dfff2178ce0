"""Folds: training, validation and test utterances that share no speaker."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import os
import random
from collections.abc import Callable, Collection, Iterator
from typing import Any

from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ProtocolError

PARTS = ("train", "validation", "test")
# What must not stand in two parts, and how an utterance tells.
_DISJOINT: dict[str, Callable[[Utterance], str]] = {
    "speaker": lambda utterance: utterance.speaker,
    "key": lambda utterance: utterance.key,
    "audio file": lambda utterance: os.path.abspath(utterance.path),
}


@dataclasses.dataclass(frozen=True)
class Fold:
    """One division of a manifest; no speaker, key or sound file is in two parts.

    Args:
        name: Such as the test speaker's.
        train: What the model learns from. Not empty.
        validation: What selects the epoch and the settings. May be empty.
        test: What is scored once, at the end. Not empty.

    Raises:
        ProtocolError: if two parts share a speaker, a key or a sound file, or
            `train` or `test` is empty.
    """

    name: str
    train: Manifest
    validation: Manifest
    test: Manifest

    def __post_init__(self):
        for part in ("train", "test"):
            if not len(getattr(self, part)):
                raise ProtocolError(
                    f"fold {self.name!r}: {part} has no utterance. "
                    "Hold out fewer speakers, or others."
                )
        for (what, of), (one, other) in itertools.product(
            _DISJOINT.items(), itertools.combinations(PARTS, 2)
        ):
            shared = {of(utterance) for utterance in getattr(self, one)} & {
                of(utterance) for utterance in getattr(self, other)
            }
            if shared:
                raise ProtocolError(
                    f"fold {self.name!r}: {what} {_listed(shared)} in both {one} and "
                    f"{other}. Each {what} must be in one part alone."
                )

    def split_record(self) -> dict[str, Any]:
        """Keys of each part for JSON, with the SHA-256 of the sorted keys.

        Two runs with the same hash saw the same division, in whatever order.
        """
        parts = {part: list(getattr(self, part).keys) for part in PARTS}
        canonical = json.dumps([sorted(parts[part]) for part in PARTS])
        digest = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
        return {"name": self.name, **parts, "sha256": digest}


def leave_one_speaker_out(
    manifest: Manifest, validation_speakers: int = 1, seed: int = 1
) -> Iterator[Fold]:
    """One fold for each speaker, who is its test part.

    The speakers stand in a ring, in an order drawn by the seed; those who follow
    the test speaker validate. So each speaker is tested once and validates as
    often as any other.

    Args:
        manifest: Utterances of at least `validation_speakers` + 2 speakers.
        validation_speakers: How many validate in each fold.
        seed: Decides the ring.

    Returns:
        Folds in the sorted order of their test speakers, each named by it.

    Raises:
        ProtocolError: if there are too few speakers.

    Example:
        >>> from satn_keras.corpora import Manifest, Utterance
        >>> manifest = Manifest(
        ...     Utterance(name, f"{name}.wav", speaker=name) for name in "abc"
        ... )
        >>> [fold.test.speakers for fold in leave_one_speaker_out(manifest)]
        [('a',), ('b',), ('c',)]
    """
    if validation_speakers < 0:
        raise ProtocolError(
            "`validation_speakers` must be at least 0. "
            f"Received: validation_speakers={validation_speakers}."
        )
    _check_enough(manifest, validation_speakers + 2)
    ring = _shuffled(manifest.speakers, seed)
    return (
        _fold(
            manifest, speaker, [speaker], _followers(ring, speaker, validation_speakers)
        )
        for speaker in manifest.speakers
    )


def leave_one_session_out(manifest: Manifest) -> Iterator[Fold]:
    """Two folds for each session of two speakers, one tested, one validating.

    The protocol of IEMOCAP: the other sessions train; of the session left out one
    speaker validates and the other is tested, then the reverse.

    Args:
        manifest: Utterances with a session, two speakers in each.

    Returns:
        Folds in the sorted order of session and test speaker, named by both.

    Raises:
        ProtocolError: if a session has not two speakers, or a speaker is in two.

    References:
        Mirsamadi et al., Automatic Speech Emotion Recognition Using Recurrent
        Neural Networks with Local Attention, ICASSP 2017.
    """
    pairs = {
        session: manifest.where(session=session).speakers
        for session in sorted({utterance.session for utterance in manifest})
    }
    for session, speakers in pairs.items():
        if not session or len(speakers) != 2:
            raise ProtocolError(
                f"session {session!r} must have two speakers. Received: "
                f"{_listed(speakers)}. Fill in the sessions, or leave out one speaker "
                "at a time."
            )
    return (
        Fold(
            f"{session}_{tested}",
            train=manifest.without(session=session),
            validation=manifest.where(session=session).without(speaker=tested),
            test=manifest.where(session=session, speaker=tested),
        )
        for session, speakers in pairs.items()
        for tested in speakers
    )


def hold_out_speakers(
    manifest: Manifest,
    test: Collection[str] | int = 1,
    validation: Collection[str] | int = 1,
    seed: int = 1,
    name: str = "held_out",
) -> Fold:
    """One fold with some speakers for test and some for validation.

    Args:
        manifest: Utterances.
        test: Names of the test speakers, or how many.
        validation: Names of the validation speakers, or how many.
        seed: Counted speakers are the first of the sorted speakers, after a
            shuffle by this seed; named ones are passed over.
        name: Name of the fold.

    Raises:
        ProtocolError: if a named speaker is not in the manifest or named for
            both, or there are too few speakers.
    """
    wishes = {"test": test, "validation": validation}
    counts = {part: wish for part, wish in wishes.items() if isinstance(wish, int)}
    if any(count < 0 for count in counts.values()):
        raise ProtocolError(
            "a number of speakers must be at least 0. "
            f"Received: test={test}, validation={validation}."
        )
    named = {
        part: _known(manifest, part, wish)
        for part, wish in wishes.items()
        if part not in counts
    }
    taken = set().union(*named.values())
    _check_enough(manifest, len(taken) + sum(counts.values()) + 1)
    order = _shuffled(manifest.speakers, seed)
    rest = iter(speaker for speaker in order if speaker not in taken)
    drawn = {part: list(itertools.islice(rest, n)) for part, n in counts.items()}
    chosen = named | drawn
    return _fold(manifest, name, chosen["test"], chosen["validation"])


def _fold(manifest: Manifest, name: str, test, validation) -> Fold:
    return Fold(
        name,
        train=manifest.without(speaker=[*test, *validation]),
        validation=manifest.where(speaker=validation),
        test=manifest.where(speaker=test),
    )


def _known(manifest: Manifest, part: str, names: Collection[str]) -> tuple[str, ...]:
    names = (names,) if isinstance(names, str) else tuple(names)
    unknown = sorted(set(names) - set(manifest.speakers))
    if unknown:
        raise ProtocolError(
            f"{part} speaker {_listed(unknown)} not in the manifest. "
            f"Speakers: {', '.join(manifest.speakers)}."
        )
    return names


def _check_enough(manifest: Manifest, needed: int) -> None:
    speakers = manifest.speakers
    if len(speakers) < needed:
        raise ProtocolError(
            f"this division needs at least {needed} speakers, one of them to train "
            f"on. Received: {len(speakers)} ({', '.join(speakers)}). "
            "Hold out fewer speakers."
        )


def _shuffled(speakers: tuple[str, ...], seed: int) -> list[str]:
    order = sorted(speakers)
    random.Random(seed).shuffle(order)
    return order


def _followers(ring: list[str], speaker: str, count: int) -> list[str]:
    place = ring.index(speaker) + 1
    return [*ring, *ring][place : place + count]


def _listed(names: Collection[str]) -> str:
    names = sorted(names)
    more = len(names) - 5
    shown = ", ".join(repr(name) for name in names[:5])
    return f"{shown} and {more} more" if more > 0 else shown
