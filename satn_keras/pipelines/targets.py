"""Transcripts as padded token matrices for the teacher."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from satn_keras.phonemes import EOS_ID, SOS_ID, TokenInventory


@dataclasses.dataclass(frozen=True)
class Targets:
    """Tokens of every utterance, padded with 0 to the longest.

    Attributes:
        before: (utterances, steps), `sos` and all tokens but the last.
        after: (utterances, steps), the tokens and `eos`.
        ctc: (utterances, steps), the tokens alone.
        steps: (utterances,), true steps of `before` and `after`.
    """

    before: np.ndarray
    after: np.ndarray
    ctc: np.ndarray
    steps: np.ndarray

    @classmethod
    def from_tokens(
        cls, utterances: Sequence[Sequence[str]], inventory: TokenInventory
    ) -> Targets:
        """Targets of phone (or grapheme) sequences with word boundaries."""
        ids = [inventory.encode(tokens) for tokens in utterances]
        width = max(map(len, ids)) + 1
        return cls(
            before=_padded([[SOS_ID, *row] for row in ids], width),
            after=_padded([[*row, EOS_ID] for row in ids], width),
            ctc=_padded(ids, width),
            steps=np.asarray([len(row) + 1 for row in ids], "int32"),
        )


def _padded(rows, width):
    padded = np.zeros((len(rows), width), "int32")
    for line, row in zip(padded, rows, strict=True):
        line[: len(row)] = row
    return padded
