"""Folds that hold out both speakers and sentences."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from satn_keras.corpora import Manifest
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds.fold import DISJOINT, Fold, listed
from satn_keras.experiments.folds.groups import balanced_groups, followers
from satn_keras.experiments.folds.speakers import (
    check_count,
    check_enough,
    speaker_groups,
)


def speaker_sentence_folds(
    manifest: Manifest,
    num_folds: int = 5,
    sentence_groups: int = 5,
    validation_speakers: int = 1,
    seed: int = 1,
) -> Iterator[Fold]:
    """Folds whose test part shares neither a speaker nor a sentence with the others.

    Speakers and sentences are dealt to balanced groups; each group of speakers
    crossed with each group of sentences is the test part of one fold, so that every
    utterance is tested once. The speakers who follow in the ring validate, on the
    next group of sentences that they have spoken; all other speakers train, on all
    other sentences. Utterances of a held-out speaker saying a training sentence, and
    the reverse, are in no part of the fold: that is the price of the protocol.

    Args:
        manifest: Utterances with a sentence.
        num_folds: Groups of speakers, at least 2.
        sentence_groups: Groups of sentences, at least 3: one is tested, one
            validates, the others train.
        validation_speakers: How many validate in each fold. Where none do, their
            sentences train.
        seed: Decides the order of equally frequent speakers and sentences.

    Returns:
        Folds named speakers_1_sentences_1, speakers_1_sentences_2, ...; a group of
        speakers that spoke no sentence of a group has no fold with it.

    Raises:
        ProtocolError: if an utterance has no sentence, there are too few speakers or
            sentences, or a part of a fold would be empty.

    Example:
        >>> from satn_keras.corpora import Manifest, Utterance
        >>> manifest = Manifest(
        ...     Utterance(s + n, f"{s + n}.wav", speaker=s, sentence=n)
        ...     for s in "abc" for n in "123"
        ... )
        >>> folds = list(speaker_sentence_folds(manifest, 3, 3))
        >>> len(folds), {len(fold.test) for fold in folds}
        (9, {1})
    """
    check_count("validation_speakers", validation_speakers)
    check_count("sentence_groups", sentence_groups, least=3)
    _check_sentences(manifest, sentence_groups)
    speakers = speaker_groups(manifest, num_folds, seed)
    check_enough(manifest, max(map(len, speakers)) + validation_speakers + 1)
    sentences = balanced_groups(
        manifest, sentence_groups, lambda one: one.sentence, seed
    )
    ring = list(itertools.chain.from_iterable(speakers))
    return (
        _fold(
            manifest,
            f"speakers_{row}_sentences_{column + 1}",
            group,
            followers(ring, group[-1], validation_speakers),
            [*sentences[column:], *sentences[:column]],
        )
        for row, group in enumerate(speakers, start=1)
        for column in range(sentence_groups)
        if len(manifest.where(speaker=group, sentence=sentences[column]))
    )


def _fold(
    manifest: Manifest,
    name: str,
    test: Sequence[str],
    validation: Sequence[str],
    sentences: Sequence[Sequence[str]],
) -> Fold:
    """The fold that tests the first group of `sentences`; the next ones validate."""
    tested, *others = sentences
    validating = _validating(manifest, name, validation, others) if validation else []
    return Fold(
        name,
        train=manifest.without(
            speaker=[*test, *validation], sentence=[*tested, *validating]
        ),
        validation=manifest.where(speaker=validation, sentence=validating),
        test=manifest.where(speaker=test, sentence=tested),
        disjoint=(*DISJOINT, "sentence"),
    )


def _validating(manifest, name, validation, groups) -> Sequence[str]:
    """The first group of sentences that a validation speaker has spoken."""
    found = next(
        (
            group
            for group in groups
            if len(manifest.where(speaker=validation, sentence=group))
        ),
        None,
    )
    if found is None:
        raise ProtocolError(
            f"fold {name!r}: its validation speakers ({', '.join(validation)}) spoke "
            "test sentences alone. Take more `validation_speakers`."
        )
    return found


def _check_sentences(manifest: Manifest, needed: int) -> None:
    lacking = [one.key for one in manifest if not one.sentence]
    if lacking:
        raise ProtocolError(
            f"{len(lacking)} of {len(manifest)} utterances have no sentence, such as "
            f"{listed(lacking[:1])}. Fill in the column `sentence`, or hold out "
            "speakers alone."
        )
    sentences = {one.sentence for one in manifest}
    if len(sentences) < needed:
        raise ProtocolError(
            f"`sentence_groups` must be at most the number of sentences. Received: "
            f"{needed} groups for {listed(sentences)}."
        )
