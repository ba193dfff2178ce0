"""The page about IEMOCAP, held against the reader."""

import pathlib

from satn_keras.corpora import IEMOCAP_EMOTIONS
from satn_keras.corpora.iemocap_counts import PUBLISHED_COUNTS

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "corpora" / "iemocap.md"


def rows_of_page():
    """Cells of each row of the page's tables, by the row's first cell."""
    rows = [line.strip("|").split("|") for line in PAGE.read_text().splitlines()]
    cells = [[cell.strip() for cell in row] for row in rows if len(row) > 1]
    return {first: rest for first, *rest in cells}


def test_the_page_s_counts_are_those_that_readings_are_compared_with():
    rows = rows_of_page()
    improvised = PUBLISHED_COUNTS["improvised"].rows
    for session, row in improvised.items():
        counts = [*row.values(), sum(row.values())]
        assert [int(cell) for cell in rows[session[-1]]] == counts
    for name, title in (
        ("dataset1", "without the excited (dataset 1)"),
        ("all", "excited counted as happy (dataset 2)"),
    ):
        row = PUBLISHED_COUNTS[name].rows["all"]
        counts = [*row.values(), sum(row.values())]
        assert [int(cell) for cell in rows[title]] == counts


def test_the_page_names_every_label():
    (labels,) = rows_of_page()["`label`"]
    named = [f"`{label}`" for label in IEMOCAP_EMOTIONS.values() if label]
    assert [label for label in named if label not in labels] == []
