"""Names of a corpus's files: the fields they tell, read by named patterns."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
from collections.abc import Mapping

from satn_keras.errors import CorpusError


@dataclasses.dataclass(frozen=True)
class Part:
    """One field of a name.

    Args:
        name: Of the field, such as "speaker".
        pattern: Regular expression that the whole field matches, without groups.
        words: The pattern in words, such as "two digits".
    """

    name: str
    pattern: str
    words: str

    @classmethod
    def of_codes(cls, name: str, codes: Mapping[str, str], whose: str) -> Part:
        """Field that is one of the codes of a published table.

        Args:
            name: Of the field.
            codes: What each code means.
            whose: The table's owner, such as "EmoDB".
        """
        longest_first = sorted(codes, key=lambda code: (-len(code), code))
        pattern = "|".join(map(re.escape, longest_first))
        meanings = ", ".join(f"{code} {means}".strip() for code, means in codes.items())
        return cls(name, pattern, f"a code of {whose}'s table ({meanings})")


@dataclasses.dataclass(frozen=True)
class NamePattern:
    """Fields of a name in order, with the marks between them.

    Args:
        corpus: Whose names, for messages.
        example: A true name.
        parts: Fields, and between them the marks as plain strings.

    Example:
        >>> digits = Part("speaker", r"[0-9]{2}", "two digits")
        >>> take = Part("take", "[ab]", "a or b")
        >>> names = NamePattern("a corpus", "03-b", (digits, "-", take))
        >>> names.parse("03-b")
        {'speaker': '03', 'take': 'b'}
        >>> names.format(speaker="16", take="a")
        '16-a'
    """

    corpus: str
    example: str
    parts: tuple[Part | str, ...]

    def parse(self, name: str) -> dict[str, str]:
        """The fields of `name`.

        Args:
            name: Of a file, without folder and ending.

        Raises:
            CorpusError: naming the first field that does not fit.
        """
        whole = re.compile(
            "".join(
                re.escape(part) if isinstance(part, str) else _group(part)
                for part in self.parts
            ),
            re.ASCII,
        )
        found = whole.fullmatch(name)
        if found is None:
            raise self._fault(name)
        return found.groupdict()

    def read(self, path: str | os.PathLike, name: str | None = None) -> dict[str, str]:
        """The fields of a file's name.

        Args:
            path: Of the file.
            name: What it should be called; its own name when absent.

        Raises:
            CorpusError: naming the file and the first field that does not fit.
        """
        try:
            return self.parse(pathlib.Path(path).stem if name is None else name)
        except CorpusError as error:
            raise CorpusError(f"{path}: {error}") from error

    def format(self, **fields: str) -> str:
        """The name of these fields; `parse` gives them back.

        Raises:
            CorpusError: if a field is missing or breaks its pattern.
        """
        return "".join(
            part if isinstance(part, str) else self._checked(part, fields)
            for part in self.parts
        )

    @property
    def fields(self) -> tuple[Part, ...]:
        """The parts that are fields."""
        return tuple(part for part in self.parts if isinstance(part, Part))

    def _checked(self, part: Part, fields: Mapping[str, str]) -> str:
        value = fields.get(part.name, "")
        if re.fullmatch(part.pattern, value, re.ASCII) is None:
            raise self._error("", part, value)
        return value

    def _fault(self, name: str) -> CorpusError:
        """Why `name` does not fit: the first field at which reading stops."""
        place, last, start = 0, self.fields[0], 0
        for part in self.parts:
            if isinstance(part, str):
                if not name.startswith(part, place):
                    break  # the field before it is longer than it may be
                place += len(part)
                continue
            last, start = part, place
            found = re.compile(part.pattern, re.ASCII).match(name, place)
            if found is None:
                break
            place = found.end()
        return self._error(name, last, self._received(name, last, start))

    def _received(self, name: str, part: Part, start: int) -> str:
        """What stands where `part` should: all up to the mark that follows it."""
        following = self.parts[self.parts.index(part) + 1 :]
        if following and isinstance(following[0], str):
            return name[start:].partition(following[0])[0]
        return name[start:]

    def _error(self, name: str, part: Part, value: str) -> CorpusError:
        whose = f"{self.corpus}'s name {name!r}" if name else f"{self.corpus}'s name"
        return CorpusError(
            f"{whose}: {part.name} must be {part.words}. Received: {value!r}. A name "
            f"is such as {self.example}. Check that the file's name is unchanged."
        )


def _group(part: Part) -> str:
    return f"(?P<{part.name}>{part.pattern})"
