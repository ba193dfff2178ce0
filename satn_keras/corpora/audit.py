"""What an audit of a manifest found, as a value, JSON or a page to read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

SHOWN = 50  # faults of one kind on the page


@dataclasses.dataclass(frozen=True)
class Audit:
    """What `validate` found.

    Args:
        utterances: How many were checked.
        seconds: Duration of all readable files together.
        durations: Shortest, median and longest readable file, in seconds.
        counts: Utterances of each label (inner) by each speaker (outer).
        sample_rates: Files of each sample rate in Hz.
        channels: Files of each number of channels.
        errors: One line for each fault that must be mended before training.
        warnings: One line for each oddity to know of.
    """

    utterances: int
    seconds: float
    durations: tuple[float, float, float]
    counts: dict[str, dict[str, int]]
    sample_rates: dict[int, int]
    channels: dict[int, int]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether there is no error. Warnings may remain."""
        return not self.errors

    def to_dict(self) -> dict[str, Any]:
        """The audit as values that JSON can hold."""
        values = dataclasses.asdict(self)
        for name in ("sample_rates", "channels"):
            values[name] = {str(key): count for key, count in values[name].items()}
        for name in ("durations", "errors", "warnings"):
            values[name] = list(values[name])
        return values | {"passed": self.passed}

    def to_markdown(self) -> str:
        """The audit as a page to read, at most fifty faults of each kind."""
        lines = ["# Audit", "", *self._summary(), ""]
        lines += ["## Utterances by speaker and label", "", *self._table(), ""]
        lines += ["## Errors", "", *_bullets(self.errors), ""]
        lines += ["## Warnings", "", *_bullets(self.warnings), ""]
        return "\n".join(lines)

    def _summary(self) -> Iterator[str]:
        shortest, median, longest = self.durations
        yield f"- verdict: {'passed' if self.passed else 'failed'}"
        yield f"- utterances: {self.utterances}, speakers: {len(self.counts)}"
        yield (
            f"- duration: {self.seconds / 3600:.2f} h; shortest {shortest:.2f} s, "
            f"median {median:.2f} s, longest {longest:.2f} s"
        )
        rates = (f"{rate} Hz ({n})" for rate, n in self.sample_rates.items())
        channels = (f"{number} ({n})" for number, n in self.channels.items())
        yield f"- sample rates (files): {', '.join(rates) or 'none readable'}"
        yield f"- channels (files): {', '.join(channels) or 'none readable'}"

    def _table(self) -> Iterator[str]:
        labels = sorted({label for counts in self.counts.values() for label in counts})
        rows = [
            [speaker, *(counts.get(label, 0) for label in labels), sum(counts.values())]
            for speaker, counts in self.counts.items()
        ]
        total = ["all", *(sum(column) for column in list(zip(*rows, strict=True))[1:])]
        names = [label or "(no label)" for label in labels]
        yield _cells(["speaker", *names, "all"])
        yield _cells(["---", *["---:"] * (len(labels) + 1)])
        for row in [*rows, total]:
            yield _cells(row)


def _cells(values: Sequence[Any]) -> str:
    cells = (str(value).replace("|", "\\|") for value in values)
    return f"| {' | '.join(cells)} |"


def _bullets(lines: Sequence[str]) -> list[str]:
    shown = [f"- {line}" for line in lines[:SHOWN]] or ["none"]
    more = len(lines) - SHOWN
    return [*shown, f"- and {more} more"] if more > 0 else shown
