"""Refusal of a request: a status of HTTP and one line."""

from __future__ import annotations

import dataclasses
import reprlib


@dataclasses.dataclass
class Refusal(Exception):  # noqa: N818, for the server's work is not at fault
    """Request that is not answered.

    Attributes:
        status: of HTTP; 4xx where the request is at fault, 5xx where the server is.
        line: what, where, which rule, what to do.
    """

    status: int
    line: str

    def __str__(self):
        return self.line


def malformed(line: str) -> Refusal:
    """Refusal of what was sent, 400 as TensorFlow Serving has it."""
    return Refusal(400, line)


def clipped(value: object, longest: int = 80) -> str:
    """`value` in one line of at most `longest` signs, for messages."""
    # A list may be millions of numbers long: only its beginning is written out.
    plain = isinstance(value, (str, Exception))
    words = str(value) if plain else reprlib.repr(value)
    text = " ".join(words.split())
    return text if len(text) <= longest else text[: longest - 3] + "..."
