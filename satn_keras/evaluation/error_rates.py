"""Phoneme and word error rates of recognised token sequences."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any

import jiwer


@dataclasses.dataclass(frozen=True)
class ErrorRates:
    """Errors of a recogniser, counted over all utterances together.

    Args:
        per: phoneme error rate, (substitutions + deletions + insertions) /
            num_tokens. It exceeds 1 where many tokens are inserted.
        wer: the same of words, where one wrong phoneme makes a word wrong.
        substitutions, deletions, insertions: of phonemes.
        num_tokens: phonemes in the references, boundaries not counted.
        num_words: words in the references.
    """

    per: float
    wer: float
    substitutions: int
    deletions: int
    insertions: int
    num_tokens: int
    num_words: int

    def to_dict(self) -> dict[str, Any]:
        """The same values for JSON."""
        return dataclasses.asdict(self)


def error_rates(
    references: Sequence[Sequence[str]],
    hypotheses: Sequence[Sequence[str]],
    boundary: str = "|",
) -> ErrorRates:
    """Error rates of `hypotheses`, each beside its reference.

    A sequence may be empty: an empty hypothesis is all deletions, an empty
    reference all insertions. Where every reference is empty a rate is the
    number of insertions, as jiwer has it.

    Args:
        references: true tokens of each utterance, without start and end marks.
        hypotheses: recognised tokens, in the same order.
        boundary: token between two words; counts in no rate.

    Returns:
        `ErrorRates`.

    Raises:
        ValueError: if there are not equally many references and hypotheses.

    Example:
        >>> rates = error_rates([["G", "OW", "|", "AA", "N"]], [["G", "OW", "AA"]])
        >>> rates.per, rates.wer
        (0.25, 1.0)
    """
    if len(references) != len(hypotheses):
        raise ValueError(
            "`references` and `hypotheses` must be equally many. "
            f"Received: {len(references)} and {len(hypotheses)}."
        )
    phones = _compare(references, hypotheses, lambda tokens: _phones(tokens, boundary))
    words = _compare(references, hypotheses, lambda tokens: _words(tokens, boundary))
    return ErrorRates(
        per=float(phones.wer),
        wer=float(words.wer),
        substitutions=phones.substitutions,
        deletions=phones.deletions,
        insertions=phones.insertions,
        num_tokens=sum(map(len, phones.references)),
        num_words=sum(map(len, words.references)),
    )


def _compare(references, hypotheses, split) -> jiwer.WordOutput:
    # jiwer aligns lists as they are when its transforms leave them alone.
    return jiwer.process_words(
        [split(tokens) for tokens in references],
        [split(tokens) for tokens in hypotheses],
        reference_transform=list,
        hypothesis_transform=list,
    )


def _phones(tokens: Sequence[str], boundary: str) -> list[str]:
    return [token for token in tokens if token != boundary]


def _words(tokens: Sequence[str], boundary: str) -> list[str]:
    runs = itertools.groupby(tokens, key=lambda token: token == boundary)
    return [" ".join(run) for is_boundary, run in runs if not is_boundary]
