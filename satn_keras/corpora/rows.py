"""One record of a table, whatever the table's format."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One record of a table.

    Args:
        line: Line of the file, the first is 1. In Parquet, which has no lines,
            the record's number, the first is 1.
        values: Value of each column, stripped of blanks. Absent is "".
    """

    line: int
    values: dict[str, str]
