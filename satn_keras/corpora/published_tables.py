"""Tables that come with a corpus, in whatever form their publisher chose."""

from __future__ import annotations

import csv
import pathlib
from collections.abc import Iterator, Sequence

from satn_keras.corpora.rows import Row
from satn_keras.corpora.text_lines import numbered_lines
from satn_keras.errors import CorpusError

REMEDY = "Get an unchanged copy of the corpus."
# MELD's texts passed through Windows-1252: U+0092 stands where ’ should.
WINDOWS = {
    code: bytes([code]).decode("cp1252", errors="ignore") for code in range(0x80, 0xA0)
}


def published_rows(
    path: pathlib.Path, columns: Sequence[str], delimiter: str = ","
) -> Iterator[Row]:
    """Rows of a table with a header, in which columns may lack a name.

    Args:
        path: CSV table, quoted as by RFC 4180, or one with another delimiter, whose
            quotes are plain marks.
        columns: Those that must be there.
        delimiter: Between two values.

    Raises:
        CorpusError: if the table is missing, lacks a column, or a row has another
            number of values. The message names the line.
    """
    lines = (line for _, line in numbered_lines(path))
    quoting = csv.QUOTE_MINIMAL if delimiter == "," else csv.QUOTE_NONE
    reader = csv.reader(lines, delimiter=delimiter, quoting=quoting)
    header = next(reader, [])
    for name in columns:
        if name not in header:
            raise CorpusError(
                f"{path}:1: column {name!r} is missing. Received: "
                f"{', '.join(header)}. {REMEDY}"
            )
    for record in reader:
        if not record:
            continue
        if delimiter == "\t":  # lines are stripped, of empty last values too
            record += [""] * (len(header) - len(record))
        if len(record) != len(header):
            raise CorpusError(
                f"{path}:{reader.line_num}: {len(record)} values for {len(header)} "
                f"columns. {REMEDY}"
            )
        values = (value.translate(WINDOWS).strip() for value in record)
        yield Row(reader.line_num, dict(zip(header, values, strict=True)))
