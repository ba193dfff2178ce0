"""What straddles the parts of a fold."""

from __future__ import annotations

import collections
import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

from satn_keras.corpora.faults.rules import Finding
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.utterance import Utterance

SHOWN = 5


@dataclasses.dataclass(frozen=True)
class Division:
    """One fold, as it is to be checked.

    Args:
        name: Of the fold.
        parts: Utterances of each part, such as "train", "validation" and "test".
        shares_speakers: Whether its protocol allows a speaker in two parts.
    """

    name: str
    parts: Mapping[str, Manifest]
    shares_speakers: bool = False


def check_divisions(
    divisions: Sequence[Division], copies: Sequence[Sequence[Utterance]]
) -> Iterator[Finding]:
    """Speakers, sounds, sentences and sessions in two parts of a fold.

    Sentences and sessions are told once for all folds: a corpus of few sentences
    shares them in every fold that holds out speakers.

    Args:
        divisions: The folds.
        copies: Groups of utterances that have one sound.
    """
    sound_of = {one.key: number for number, group in enumerate(copies) for one in group}
    for division in divisions:
        rule = "allowed_speaker" if division.shares_speakers else "leaked_speaker"
        yield from _leaks(division, rule, "speaker", _speaker)
        yield from _leaks(
            division, "leaked_copy", "sound", lambda one: sound_of.get(one.key)
        )
    people = collections.defaultdict(set)
    for division in divisions:
        for manifest in division.parts.values():
            for one in manifest:
                people[_session(one)].add(_speaker(one))
    yield from _shared(divisions, "sentence", _sentence)
    yield from _shared(
        divisions,
        "session",
        lambda one: _session(one) if len(people[_session(one)]) > 1 else None,
    )


def _leaks(division, rule, what, tell: Callable) -> Iterator[Finding]:
    for one, other in itertools.combinations(division.parts, 2):
        both = _in_both(division.parts[one], division.parts[other], tell)
        if not both:
            continue
        keys = tuple(
            utterance.key
            for part in (one, other)
            for utterance in division.parts[part]
            if tell(utterance) in both
        )
        names = f" {_listed(both)}" if what == "speaker" else f" of {_listed(keys)}"
        yield Finding(
            rule,
            f"fold {division.name!r}: {what}{names} in both {one} and {other}, so that "
            f"a score there says nothing of others. Keep each {what} in one part.",
            keys,
        )


def _shared(divisions, what, tell: Callable) -> Iterator[Finding]:
    """One finding on all folds whose tested part shares something with training."""
    folds, names = [], set()
    for division in divisions:
        pairs = itertools.combinations(division.parts.values(), 2)
        both = set().union(*(_in_both(*pair, tell) for pair in pairs))
        if both:
            folds.append(division.name)
            names |= both
    if folds:
        yield Finding(
            f"shared_{what}",
            f"{len(folds)} of {len(divisions)} folds have {what}s in two parts: "
            f"{len(names)} {what}s, such as {_listed(names)}. A score there says "
            f"nothing of {what}s never heard.",
        )


def _in_both(one: Manifest, other: Manifest, tell: Callable) -> set:
    told = ({tell(utterance) for utterance in part} for part in (one, other))
    return set.intersection(*told) - {None}


def _speaker(one: Utterance) -> tuple[str, str]:
    return one.dataset, one.speaker


def _sentence(one: Utterance) -> tuple[str, str] | None:
    return (one.dataset, one.sentence) if one.sentence else None


def _session(one: Utterance) -> tuple[str, str] | None:
    return (one.dataset, one.session) if one.session else None


def _listed(names) -> str:
    names = sorted(name if isinstance(name, str) else name[-1] for name in names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(map(repr, names[:SHOWN])) + more
