"""What is known of a corpus before it is opened."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

ACCESS = ("public", "restricted")


@dataclasses.dataclass(frozen=True)
class DataCard:
    """Facts about one published corpus.

    Args:
        name: As `satn prepare` takes it.
        title: As its authors write it.
        url: Where it is described or had.
        licence: Its terms in short.
        access: "public" for all to fetch, "restricted" on request or registration.
        language: Codes of ISO 639-1, with commas between them.
        speakers: How many, as published; None where it varies by release.
        utterances: How many sound files, as published; None likewise.
        classes: Labels that the reader writes; () for speech without labels.
        reference: The publication.
        notes: What to know before use: oddities, and how the reader takes them.
    """

    name: str
    title: str
    url: str
    licence: str
    access: str
    language: str
    speakers: int | None
    utterances: int | None
    classes: tuple[str, ...]
    reference: str
    notes: tuple[str, ...] = ()

    def cells(self) -> tuple[str, ...]:
        """One row of the table of all corpora, in the order of `CARD_COLUMNS`."""
        return (
            self.name,
            self.title,
            self.language,
            _count(self.speakers),
            _count(self.utterances),
            str(len(self.classes)) if self.classes else "-",
            self.access,
            self.licence,
        )

    def lines(self) -> Iterator[str]:
        """The card, a line for each fact."""
        yield self.title
        for name in ("url", "licence", "access", "language"):
            yield f"  {name}: {getattr(self, name)}"
        yield f"  speakers: {_count(self.speakers)}"
        yield f"  utterances: {_count(self.utterances)}"
        yield f"  classes: {', '.join(self.classes) or 'none, speech with transcripts'}"
        yield f"  reference: {self.reference}"
        yield from (f"  note: {note}" for note in self.notes)


CARD_COLUMNS = (
    "name",
    "title",
    "language",
    "speakers",
    "utterances",
    "classes",
    "access",
    "licence",
)


def _count(number: int | None) -> str:
    return "varies" if number is None else str(number)
