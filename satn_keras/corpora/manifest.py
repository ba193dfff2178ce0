"""Frozen list of utterances: what was said, by whom, how, and in which file."""

from __future__ import annotations

import collections
import dataclasses
import os
import pathlib
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, overload

from satn_keras.corpora.manifest_rows import (
    check_columns,
    frame_rows,
    near_column,
    utterances_of,
)
from satn_keras.corpora.tables import read_rows, write_rows
from satn_keras.corpora.utterance import COLUMNS, Utterance
from satn_keras.errors import ManifestError

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass(frozen=True)
class Manifest(Sequence):
    """Frozen sequence of utterances whose keys are unique.

    Args:
        utterances: The utterances, in order.

    Raises:
        ManifestError: if two utterances have the same key.

    Example:
        >>> manifest = Manifest([
        ...     Utterance("a1", "a1.wav", speaker="anna", label="joy"),
        ...     Utterance("b1", "b1.wav", speaker="bert", label="fear"),
        ... ])
        >>> manifest.speakers
        ('anna', 'bert')
        >>> [utterance.key for utterance in manifest.where(label={"joy", "anger"})]
        ['a1']
    """

    utterances: tuple[Utterance, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "utterances", tuple(self.utterances))
        counts = collections.Counter(self.keys)
        for key, count in counts.items():
            if count > 1:
                paths = [one.path for one in self.utterances if one.key == key]
                raise ManifestError(
                    f"key {key!r} must be unique. Received: {count} utterances, "
                    f"{paths[0]} and {paths[1]}. Rename one of them."
                )

    @classmethod
    def read(cls, path: str | os.PathLike) -> Manifest:
        """Manifest from a CSV, TSV, JSONL (also .jsonl.gz) or Parquet file.

        The columns are the fields of `Utterance`; only `path` and `speaker` must
        be there. A relative sound path starts at the manifest's own folder. Where
        the key is absent it is the sound file's name without its ending, or the
        whole path as written where two files have the same name.

        Args:
            path: File whose ending names its format.

        Raises:
            ManifestError: if the file is missing or broken, a column is missing
                or unknown, or a value breaks a rule. The message is one line:
                `file:line` (the header is line 1), column, rule, value, remedy.
        """
        path = pathlib.Path(path)
        columns, rows = read_rows(path)
        check_columns(path, columns)
        return cls(utterances_of(path, rows))

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, folder: str | os.PathLike | None = None
    ) -> Manifest:
        """Manifest from a pandas table with the columns of `Utterance`.

        Args:
            frame: One row for each utterance. A missing value is "".
            folder: Where relative sound paths start; without it they stay as
                they are and start at the current folder.

        Raises:
            ManifestError: as `read`, with the row's number (the first is 1).
        """
        check_columns("table", [str(name) for name in frame.columns])
        return cls(utterances_of("table", frame_rows(frame), folder))

    def to_frame(self) -> pd.DataFrame:
        """Pandas table, one row for each utterance, every column of strings."""
        import pandas as pd

        rows = [dataclasses.astuple(utterance) for utterance in self.utterances]
        return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)

    def write(self, path: str | os.PathLike) -> None:
        """File whose ending names its format, whole or not at all.

        Sound paths below the file's folder are written relative to it, so that
        corpus and manifest can move together; others are written absolute.

        Args:
            path: Ends in .csv, .tsv, .jsonl, .jsonl.gz or .parquet.

        Raises:
            ManifestError: if the manifest is empty or the ending is unknown.
        """
        if not self.utterances:
            raise ManifestError(
                f"{path}: a manifest must hold at least one utterance. "
                "Loosen the selection."
            )
        folder = pathlib.Path(os.path.abspath(path)).parent
        rows = (
            {
                **{name: getattr(utterance, name) for name in COLUMNS},
                "path": _path_from(folder, utterance.path),
            }
            for utterance in self.utterances
        )
        write_rows(path, COLUMNS, rows)

    @property
    def keys(self) -> tuple[str, ...]:
        """Key of each utterance, in order."""
        return tuple(utterance.key for utterance in self.utterances)

    @property
    def speakers(self) -> tuple[str, ...]:
        """The different speakers, sorted."""
        return tuple(sorted({utterance.speaker for utterance in self.utterances}))

    @property
    def labels(self) -> tuple[str, ...]:
        """The different labels, sorted, without the empty one."""
        return tuple(sorted({one.label for one in self.utterances if one.label}))

    def where(self, **wanted: str | Collection[str]) -> Manifest:
        """Utterances whose fields all have the wanted values, in order.

        Args:
            **wanted: For a field of `Utterance`, its value or a collection of
                values, such as `speaker="anna", label=("joy", "fear")`.

        Raises:
            ManifestError: if there is no such field.
        """
        tests = _as_sets(wanted)
        return Manifest(
            one
            for one in self.utterances
            if all(getattr(one, name) in values for name, values in tests.items())
        )

    def without(self, **unwanted: str | Collection[str]) -> Manifest:
        """Utterances of which no named field has an unwanted value, in order.

        Args:
            **unwanted: As in `where`.

        Raises:
            ManifestError: if there is no such field.
        """
        tests = _as_sets(unwanted)
        return Manifest(
            one
            for one in self.utterances
            if not any(getattr(one, name) in values for name, values in tests.items())
        )

    def __add__(self, other: Manifest) -> Manifest:
        if not isinstance(other, Manifest):
            return NotImplemented
        return Manifest(self.utterances + other.utterances)

    def __len__(self) -> int:
        return len(self.utterances)

    def __iter__(self) -> Iterator[Utterance]:
        return iter(self.utterances)

    @overload
    def __getitem__(self, index: int) -> Utterance: ...

    @overload
    def __getitem__(self, index: slice) -> Manifest: ...

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Manifest(self.utterances[index])
        return self.utterances[index]

    def __repr__(self) -> str:
        return (
            f"Manifest({len(self)} utterances, {len(self.speakers)} speakers, "
            f"{len(self.labels)} labels)"
        )


def _as_sets(wanted: dict[str, str | Collection[str]]) -> dict[str, frozenset[str]]:
    for name in wanted:
        if name not in COLUMNS:
            raise ManifestError(
                f"an utterance has no field {name!r}. {near_column(name)}"
            )
    return {
        name: frozenset([values] if isinstance(values, str) else values)
        for name, values in wanted.items()
    }


def _path_from(folder: pathlib.Path, path: str) -> str:
    path = pathlib.Path(os.path.abspath(path))
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return str(path)
