"""The teacher's target tokens and their ids."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Iterable, Sequence

PAD, SOS, EOS, UNK, BOUNDARY = "<pad>", "<sos>", "<eos>", "<unk>", "|"
SPECIAL_TOKENS = (PAD, SOS, EOS, UNK, BOUNDARY)
PAD_ID, SOS_ID, EOS_ID, UNK_ID, BOUNDARY_ID = range(len(SPECIAL_TOKENS))


@dataclasses.dataclass(frozen=True)
class TokenInventory:
    """Frozen list of tokens; a token's place is its id.

    The first five are pad (0), start (1), end (2), unknown (3) and the boundary
    between two words (4); the phones or characters follow. Pad doubles as the
    blank of CTC: no target holds either, so one id serves both.

    Args:
        tokens: All tokens, the five special ones first.

    Raises:
        ValueError: if the first five are others, or a token stands twice.

    Example:
        >>> inventory = TokenInventory.of(["k", "ae", "t"])
        >>> inventory.encode(["k", "ae", "t", "|", "s"])
        [5, 6, 7, 4, 3]
        >>> inventory.decode([1, 5, 6, 7, 2, 0, 0])
        ['k', 'ae', 't']
        >>> inventory.words([1, 7, 6, 4, 6, 7, 2])
        [('t', 'ae'), ('ae', 't')]
    """

    tokens: tuple[str, ...]

    def __post_init__(self):
        object.__setattr__(self, "tokens", tuple(self.tokens))
        if self.tokens[: len(SPECIAL_TOKENS)] != SPECIAL_TOKENS:
            raise ValueError(
                f"`tokens` must begin with {', '.join(SPECIAL_TOKENS)}. "
                f"Received: tokens={self.tokens[: len(SPECIAL_TOKENS)]}."
            )
        twice = [token for token in self.tokens if self.tokens.count(token) > 1]
        if twice:
            raise ValueError(
                f"`tokens` must hold each token once. Received twice: {twice[0]!r}."
            )

    @classmethod
    def of(cls, phones: Iterable[str]) -> TokenInventory:
        """Inventory of the special tokens and `phones`, in their order."""
        return cls(SPECIAL_TOKENS + tuple(phones))

    @property
    def phones(self) -> tuple[str, ...]:
        """Tokens without the special ones."""
        return self.tokens[len(SPECIAL_TOKENS) :]

    @functools.cached_property
    def ids(self) -> dict[str, int]:
        """Id of each token."""
        return {token: place for place, token in enumerate(self.tokens)}

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Id of each token, nothing added; a token that is not here is unknown.

        Args:
            tokens: One utterance, words separated by the boundary token.
        """
        return [self.ids.get(token, UNK_ID) for token in tokens]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Tokens up to the first end, without pad and start.

        Args:
            ids: Ids of one utterance, of a list or an array.

        Raises:
            ValueError: if an id has no token.
        """
        tokens = []
        for value in ids:
            value = int(value)
            if not 0 <= value < len(self.tokens):
                raise ValueError(
                    f"an id must be from 0 to {len(self.tokens) - 1}. "
                    f"Received: {value}."
                )
            if value == EOS_ID:
                break
            if value not in (PAD_ID, SOS_ID):
                tokens.append(self.tokens[value])
        return tokens

    def words(self, ids: Iterable[int]) -> list[tuple[str, ...]]:
        """Decoded tokens of each word, without boundaries and empty words.

        Args:
            ids: As in `decode`.
        """
        return split_words(self.decode(ids))

    def to_json(self) -> str:
        """JSON text that `from_json` reads back to an equal inventory."""
        return json.dumps({"tokens": self.tokens}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> TokenInventory:
        """Inventory of a text that `to_json` made."""
        return cls(tuple(json.loads(text)["tokens"]))

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: str) -> bool:
        return token in self.ids


def split_words(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    """Tokens of each word, without boundaries and empty words.

    Example:
        >>> split_words(["ay", "|", "ae", "m", "|"])
        [('ay',), ('ae', 'm')]
    """
    words: list[list[str]] = [[]]
    for token in tokens:
        if token == BOUNDARY:
            words.append([])
        else:
            words[-1].append(token)
    return [tuple(word) for word in words if word]


def join_words(words: Iterable[Sequence[str]]) -> list[str]:
    """Tokens of an utterance: its words with a boundary between each two.

    Example:
        >>> join_words([("ay",), ("ae", "m")])
        ['ay', '|', 'ae', 'm']
    """
    tokens: list[str] = []
    for word in words:
        if word:
            tokens += [BOUNDARY, *word]
    return tokens[1:]
