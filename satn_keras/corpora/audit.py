"""What an audit of a manifest found, as a value, JSON or a page to read."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from satn_keras.corpora.faults.rules import RULES, Finding

if TYPE_CHECKING:
    from satn_keras.corpora.faults.cues import Cue
    from satn_keras.corpora.sounds import Sound

SHOWN = 50  # faults of one kind on the page


@dataclasses.dataclass(frozen=True)
class Audit:
    """What `validate` found.

    Args:
        utterances: How many were checked.
        seconds: Duration of all readable files together.
        durations: Shortest, median and longest readable file, in seconds.
        levels: Lowest, median and highest level of the sound files, in dB below full
            scale; empty if there is none.
        counts: Utterances of each label (inner) by each speaker (outer).
        sample_rates: Files of each sample rate in Hz.
        channels: Files of each number of channels.
        findings: What breaks a rule, in the order of the rules.
        cues: How well each cue alone tells the label, where that was asked for.
        folds: Names of the folds that were checked.
        sounds: What each file holds.
    """

    utterances: int
    seconds: float
    durations: tuple[float, float, float]
    levels: tuple[float, ...]
    counts: dict[str, dict[str, int]]
    sample_rates: dict[int, int]
    channels: dict[int, int]
    findings: tuple[Finding, ...] = ()
    cues: tuple[Cue, ...] = ()
    folds: tuple[str, ...] = ()
    sounds: tuple[Sound, ...] = dataclasses.field(default=(), repr=False)

    @property
    def errors(self) -> tuple[str, ...]:
        """One line for each fault that must be mended before training."""
        return self._messages("error")

    @property
    def warnings(self) -> tuple[str, ...]:
        """One line for each oddity to know of."""
        return self._messages("warning")

    @property
    def passed(self) -> bool:
        """Whether there is no error. Warnings may remain."""
        return not self.errors

    @property
    def rules(self) -> dict[str, int]:
        """How often each rule is broken, in the order of the rules."""
        counts = collections.Counter(finding.rule for finding in self.findings)
        return {rule: counts[rule] for rule in RULES if counts[rule]}

    def faults_of(self, severity: str | None = None) -> dict[str, list[str]]:
        """Rules that each utterance breaks, by its key.

        Args:
            severity: "error" or "warning"; both when absent.
        """
        faults: dict[str, list[str]] = {}
        for finding in self.findings:
            if severity in (None, finding.severity):
                for key in finding.keys:
                    faults.setdefault(key, []).append(finding.rule)
        return faults

    def to_dict(self) -> dict[str, Any]:
        """The audit as values that JSON can hold, without the sounds."""
        values = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name != "sounds"
        }
        for name in ("sample_rates", "channels"):
            values[name] = {str(key): count for key, count in values[name].items()}
        for name in ("durations", "levels", "folds", "errors", "warnings"):
            values[name] = list(getattr(self, name))
        for name in ("findings", "cues"):
            values[name] = [each.to_dict() for each in getattr(self, name)]
        return values | {"rules": self.rules, "passed": self.passed}

    def to_markdown(self) -> str:
        """The audit as a page to read, at most fifty faults of each kind."""
        lines = ["# Audit", "", *self.summary(), ""]
        if self.counts:
            lines += ["## Utterances by speaker and label", "", *self._table(), ""]
        lines += ["## Errors", "", *bullets(self.errors), ""]
        lines += ["## Warnings", "", *bullets(self.warnings), ""]
        return "\n".join(lines)

    def summary(self) -> Iterator[str]:
        """Bullets of Markdown with the sums."""
        shortest, median, longest = self.durations
        yield f"- verdict: {'passed' if self.passed else 'failed'}"
        yield f"- utterances: {self.utterances}, speakers: {len(self.counts)}"
        yield (
            f"- duration: {self.seconds / 3600:.2f} h; shortest {shortest:.2f} s, "
            f"median {median:.2f} s, longest {longest:.2f} s"
        )
        if self.levels:
            low, middle, high = self.levels
            yield (
                f"- level: lowest {low:.1f} dB, median {middle:.1f} dB, highest "
                f"{high:.1f} dB of full scale"
            )
        rates = (f"{rate} Hz ({n})" for rate, n in self.sample_rates.items())
        channels = (f"{number} ({n})" for number, n in self.channels.items())
        yield f"- sample rates (files): {', '.join(rates) or 'none readable'}"
        yield f"- channels (files): {', '.join(channels) or 'none readable'}"
        for cue in self.cues:
            yield (
                f"- label from {cue.name} alone: {cue.ua:.3f}, chance "
                f"{cue.chance:.3f}, p {cue.p_value:.3f}"
            )
        if self.folds:
            yield f"- folds checked: {len(self.folds)}"
        broken = (f"{rule} ({count})" for rule, count in self.rules.items())
        yield f"- broken rules: {', '.join(broken) or 'none'}"

    def _messages(self, severity: str) -> tuple[str, ...]:
        return tuple(one.message for one in self.findings if one.severity == severity)

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


def bullets(lines: Sequence[str]) -> list[str]:
    """At most fifty lines as a list of Markdown, and how many more there are."""
    shown = [f"- {line}" for line in lines[:SHOWN]] or ["none"]
    more = len(lines) - SHOWN
    return [*shown, f"- and {more} more"] if more > 0 else shown


def _cells(values: Sequence[Any]) -> str:
    cells = (str(value).replace("|", "\\|") for value in values)
    return f"| {' | '.join(cells)} |"
