"""Folds that hold out speakers: one at a time, in groups, or by name."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator

from satn_keras.corpora import Manifest
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds.fold import Fold, listed
from satn_keras.experiments.folds.groups import balanced_groups, followers, shuffled


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
    check_count("validation_speakers", validation_speakers)
    check_enough(manifest, validation_speakers + 2)
    ring = shuffled(manifest.speakers, seed)
    return (
        _fold(
            manifest, speaker, [speaker], followers(ring, speaker, validation_speakers)
        )
        for speaker in manifest.speakers
    )


def speaker_folds(
    manifest: Manifest, num_folds: int = 5, validation_speakers: int = 1, seed: int = 1
) -> Iterator[Fold]:
    """Folds that each test one group of speakers; every speaker is tested once.

    The groups hold about as many utterances, of each class too, as a greedy deal
    can make them (`balanced_groups`). The speakers who follow a group in the ring
    of all groups validate.

    Args:
        manifest: Utterances of at least `num_folds` speakers.
        num_folds: How many groups of speakers, at least 2.
        validation_speakers: How many validate in each fold.
        seed: Decides the order of speakers with as many utterances.

    Returns:
        Folds named fold_1, fold_2, ...

    Raises:
        ProtocolError: if there are too few speakers.

    Example:
        >>> from satn_keras.corpora import Manifest, Utterance
        >>> manifest = Manifest(
        ...     Utterance(f"{name}{n}", f"{name}{n}.wav", speaker=name)
        ...     for name, count in (("a", 4), ("b", 3), ("c", 2), ("d", 2), ("e", 1))
        ...     for n in range(count)
        ... )
        >>> [fold.test.speakers for fold in speaker_folds(manifest, num_folds=3)]
        [('a',), ('b', 'e'), ('c', 'd')]
    """
    check_count("validation_speakers", validation_speakers)
    groups = speaker_groups(manifest, num_folds, seed)
    largest = max(map(len, groups))
    check_enough(manifest, largest + validation_speakers + 1)
    ring = list(itertools.chain.from_iterable(groups))
    return (
        _fold(
            manifest,
            f"fold_{number}",
            group,
            followers(ring, group[-1], validation_speakers),
        )
        for number, group in enumerate(groups, start=1)
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
        validation: Names of the validation speakers, or how many. Without speakers
            of either kind the fold is `untested`.
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
    check_enough(manifest, len(taken) + sum(counts.values()) + 1)
    order = shuffled(manifest.speakers, seed)
    rest = iter(speaker for speaker in order if speaker not in taken)
    drawn = {part: list(itertools.islice(rest, n)) for part, n in counts.items()}
    chosen = named | drawn
    return _fold(manifest, name, chosen["test"], chosen["validation"])


def speaker_groups(manifest: Manifest, num_groups: int, seed: int) -> list[list[str]]:
    """Speakers dealt to groups of about as many utterances, of each class too.

    Raises:
        ProtocolError: if there are fewer speakers than groups.
    """
    if num_groups < 2:
        raise ProtocolError(
            f"`num_folds` must be at least 2. Received: num_folds={num_groups}."
        )
    speakers = manifest.speakers
    if len(speakers) < num_groups:
        raise ProtocolError(
            f"{num_groups} groups need at least as many speakers. Received: "
            f"{len(speakers)} ({', '.join(speakers)}). Make fewer folds."
        )
    return balanced_groups(manifest, num_groups, lambda one: one.speaker, seed)


def check_enough(manifest: Manifest, needed: int) -> None:
    """Refuse a manifest of fewer speakers than `needed`."""
    speakers = manifest.speakers
    if len(speakers) < needed:
        raise ProtocolError(
            f"this division needs at least {needed} speakers, one of them to train "
            f"on. Received: {len(speakers)} ({', '.join(speakers)}). "
            "Hold out fewer speakers."
        )


def check_count(name: str, count: int, least: int = 0) -> None:
    """Refuse a count below `least`."""
    if count < least:
        raise ProtocolError(
            f"`{name}` must be at least {least}. Received: {name}={count}."
        )


def _fold(manifest: Manifest, name: str, test, validation) -> Fold:
    return Fold(
        name,
        train=manifest.without(speaker=[*test, *validation]),
        validation=manifest.where(speaker=validation),
        test=manifest.where(speaker=test),
        untested=not test,
    )


def _known(manifest: Manifest, part: str, names: Collection[str]) -> tuple[str, ...]:
    names = (names,) if isinstance(names, str) else tuple(names)
    unknown = sorted(set(names) - set(manifest.speakers))
    if unknown:
        raise ProtocolError(
            f"{part} speaker {listed(unknown)} not in the manifest. "
            f"Speakers: {', '.join(manifest.speakers)}."
        )
    return names
