"""Frozen list of utterances: what was said, by whom, how, and in which file."""

from __future__ import annotations

import collections
import dataclasses
import difflib
import os
import pathlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, overload

from satn_keras.corpora.tables import Row, read_rows, write_rows
from satn_keras.errors import ManifestError

if TYPE_CHECKING:
    import pandas as pd

GENDERS = ("female", "male", "other", "")
REQUIRED_COLUMNS = ("path", "speaker")


@dataclasses.dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of speech by one speaker in one sound file.

    Args:
        key: Name of the utterance, unique in its manifest.
        path: Sound file.
        speaker: Who speaks. No speaker is ever in two parts of a fold.
        label: Emotion, "" when unknown.
        text: Transcript, "" when unknown.
        language: Such as "en" or "pl".
        dataset: Corpus the utterance is from.
        session: Recording session.
        sentence: Which sentence of a corpus with a fixed list of sentences.
        gender: "female", "male", "other" or "".
        style: Such as "acted", "improvised" or "read".

    Raises:
        ManifestError: if a value is no string, `key`, `path` or `speaker` is
            empty, or `gender` is another word.

    Example:
        >>> Utterance("a1", "audio/a1.wav", speaker="anna", label="joy").label
        'joy'
    """

    key: str
    path: str
    speaker: str
    label: str = ""
    text: str = ""
    language: str = ""
    dataset: str = ""
    session: str = ""
    sentence: str = ""
    gender: str = ""
    style: str = ""

    def __post_init__(self):
        for column in COLUMNS:
            value = getattr(self, column)
            if not isinstance(value, str):
                raise ManifestError(
                    f"column {column!r} must be a string. Received: {value!r}. "
                    "Convert the value with str()."
                )
            object.__setattr__(self, column, value.strip())
        for column in (*REQUIRED_COLUMNS, "key"):
            if not getattr(self, column):
                raise ManifestError(
                    f"column {column!r} must not be empty. Received: ''. "
                    f"Fill in the {column} of every utterance."
                )
        if self.gender not in GENDERS:
            raise ManifestError(
                "column 'gender' must be female, male, other or empty. "
                f"Received: {self.gender!r}. Replace the value."
            )


COLUMNS = tuple(field.name for field in dataclasses.fields(Utterance))


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
        return cls(utterances_of("table", _frame_rows(frame), folder))

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


def check_columns(
    path: str | os.PathLike, columns: Sequence[str], line: int = 1
) -> None:
    """Nothing, if `columns` are those of a manifest.

    Args:
        path: File that the message names.
        columns: Column names as found.
        line: Line that the message names.

    Raises:
        ManifestError: if a required column is missing or one is unknown.
    """
    for name in REQUIRED_COLUMNS:
        if name not in columns:
            raise ManifestError(
                f"{path}:{line}: column {name!r} is missing. "
                f"Received: {', '.join(columns)}.{_separator_hint(columns)} "
                f"Add the column, or rename the one that holds the {name}."
            )
    for name in columns:
        if name not in COLUMNS:
            raise ManifestError(
                f"{path}:{line}: column {name!r} is unknown. {_close(name)}"
            )


def utterances_of(
    path: str | os.PathLike,
    rows: Iterable[Row],
    folder: str | os.PathLike | None = "",
) -> list[Utterance]:
    """Utterances of a table's rows, with keys made up where they are absent.

    Args:
        path: File that the messages name.
        rows: Rows with the columns of a manifest; absent ones count as empty.
        folder: Where relative sound paths start; "" is the file's own folder,
            None leaves the paths as they are.

    Raises:
        ManifestError: if there is no row, or a value breaks a rule.
    """
    if folder == "":
        folder = pathlib.Path(path).parent
    rows = list(rows)
    if not rows:
        raise ManifestError(
            f"{path}: the table has no utterance. Write one row for each sound file."
        )
    stems = collections.Counter(_stem(row.values.get("path", "")) for row in rows)
    lines: dict[str, int] = {}
    utterances = []
    for line, values in rows:
        unknown = next((name for name in values if name not in COLUMNS), None)
        if unknown is not None:  # only JSONL, whose lines may differ
            raise ManifestError(
                f"{path}:{line}: column {unknown!r} is unknown. {_close(unknown)}"
            )
        written = values.get("path", "")
        stem = _stem(written)
        made_up = stem if stems[stem] == 1 else os.path.splitext(written)[0]
        fields = {name: values.get(name, "") for name in COLUMNS}
        fields["key"] = fields["key"] or made_up
        if written and folder is not None:
            fields["path"] = os.path.abspath(os.path.join(folder, written))
        try:
            utterance = Utterance(**fields)
        except ManifestError as error:
            raise ManifestError(f"{path}:{line}: {error}") from error
        if utterance.key in lines:
            raise ManifestError(
                f"{path}:{line}: column 'key' must be unique. "
                f"Received: {utterance.key!r}, also on line {lines[utterance.key]}. "
                "Rename one of them."
            )
        lines[utterance.key] = line
        utterances.append(utterance)
    return utterances


def _frame_rows(frame: pd.DataFrame) -> Iterator[Row]:
    import pandas as pd

    names = [str(name) for name in frame.columns]
    for number, record in enumerate(frame.itertuples(index=False, name=None), start=1):
        values = {}
        for name, value in zip(names, record, strict=True):
            if isinstance(value, float) and not pd.isna(value):
                raise ManifestError(
                    f"table:{number}: column {name!r} must hold strings. "
                    f"Received: {value!r}. Read the table with dtype=str."
                )
            values[name] = "" if pd.isna(value) else str(value).strip()
        yield Row(number, values)


def _as_sets(wanted: dict[str, str | Collection[str]]) -> dict[str, frozenset[str]]:
    for name in wanted:
        if name not in COLUMNS:
            raise ManifestError(f"an utterance has no field {name!r}. {_close(name)}")
    return {
        name: frozenset([values] if isinstance(values, str) else values)
        for name, values in wanted.items()
    }


def _stem(path: str) -> str:
    return pathlib.PurePath(path).stem


def _path_from(folder: pathlib.Path, path: str) -> str:
    path = pathlib.Path(os.path.abspath(path))
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return str(path)


def _close(name: str) -> str:
    close = difflib.get_close_matches(name, COLUMNS, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Remove it; known columns: {', '.join(COLUMNS)}."


def _separator_hint(columns: Sequence[str]) -> str:
    if len(columns) == 1 and any(mark in columns[0] for mark in ";\t|"):
        return " A CSV file separates its values with commas."
    return ""
