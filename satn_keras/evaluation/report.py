"""A report of one run: sections of text, tables and figures as Markdown."""

from __future__ import annotations

import dataclasses
import math
import os
import pathlib
import re
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from satn_keras.evaluation.scores import METRICS, Scores, mean_and_deviation, pool
from satn_keras.evaluation.statistics import Interval

UNKNOWN = "not found"  # printed where a publication gives no such figure
_NUMBER = r"[+-]?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?%?"
# 0.5, 0.4 to 0.6, 0.5 ± 0.1, 0.5 [0.4, 0.6]; no number is a name such as 03.
NUMBERS = re.compile(
    rf"{_NUMBER}( (to|±) {_NUMBER}| \[{_NUMBER}, {_NUMBER}\])?|[+-]?inf|nan"
)


@dataclasses.dataclass(frozen=True)
class Section:
    """One heading and what stands below it.

    Args:
        title: heading.
        text: Markdown.
        table: rows to print; a named index becomes the first column.
        figures: paths of pictures, each shown with its name as caption.
    """

    title: str
    text: str = ""
    table: pd.DataFrame | None = None
    figures: Sequence[str | os.PathLike] = ()


@dataclasses.dataclass(frozen=True)
class Report:
    """A title, one paragraph that says what was found, and sections."""

    title: str
    summary: str
    sections: Sequence[Section] = ()


def write_report(
    report: Report, folder: str | os.PathLike, name: str = "report.md"
) -> pathlib.Path:
    """Path of `report`, written as Markdown into `folder`.

    Figures are linked relative to the folder, so that it can be moved as a
    whole. The file is replaced at once or not at all.

    Raises:
        ValueError: if a figure does not exist.
    """
    folder = pathlib.Path(folder)
    path, part = folder / name, folder / f".{name}.part"
    text = render(report, folder)
    folder.mkdir(parents=True, exist_ok=True)
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
    return path


def render(report: Report, folder: str | os.PathLike) -> str:
    """`report` as the Markdown text of a file in `folder`."""
    blocks = [f"# {report.title}", report.summary.strip()]
    for section in report.sections:
        blocks += [f"## {section.title}", section.text.strip()]
        if section.table is not None:
            blocks.append(markdown_table(section.table))
        blocks += [_picture(figure, folder) for figure in section.figures]
    return "\n\n".join(block for block in blocks if block) + "\n"


def markdown_table(table: pd.DataFrame) -> str:
    """`table` as Markdown, numbers to the right, missing values as a dash.

    Example:
        >>> print(markdown_table(pd.DataFrame({"part": ["test"], "ua": [0.66104]})))
        | part |    ua |
        | :--- | ----: |
        | test | 0.661 |
    """
    columns = []
    for name, values, numeric in table_columns(table):
        cells = [_escaped(name), *map(_escaped, values)]
        width = max(3, *map(len, cells))
        rule = "-" * (width - 1) + ":" if numeric else ":" + "-" * (width - 1)
        cells.insert(1, rule)
        columns.append(
            [cell.rjust(width) if numeric else cell.ljust(width) for cell in cells]
        )
    rows = zip(*columns, strict=True)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def table_columns(table: pd.DataFrame) -> Iterator[tuple[str, list[str], bool]]:
    """Each column's name, cells as text and whether they stand to the right.

    Numbers do, and columns of text that holds nothing else, such as intervals.
    """
    if table.index.name is not None:
        table = table.reset_index()
    for position, name in enumerate(table.columns):
        values = table.iloc[:, position]
        cells = [cell_text(value) for value in values]
        told = [cell for cell in cells if cell not in ("-", UNKNOWN)]
        right = pd.api.types.is_numeric_dtype(values) or bool(told)
        yield cell_text(name), cells, right and all(map(NUMBERS.fullmatch, told))


def score_table(
    folds: Mapping[str, Scores], interval: Interval | None = None
) -> pd.DataFrame:
    """Scores of each fold, their mean and deviation, and the pooled scores.

    Args:
        folds: scores by the fold's name.
        interval: of the pooled `ua`; adds a column.
    """
    rows = {name: _row(scores) for name, scores in folds.items()}
    if len(folds) > 1:
        total = sum(scores.num_utterances for scores in folds.values())
        spread = mean_and_deviation(list(folds.values()))
        for kind in ("mean", "deviation"):
            values = {name: spread[name][kind] for name in METRICS}
            rows[kind] = {**values, "utterances": total}
        rows["pooled"] = _row(pool(list(folds.values())))
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("fold")
    if interval is not None:
        header = f"{interval.level:.0%} interval of ua, over {interval.unit}s"
        shown = f"{interval.low:.3f} to {interval.high:.3f}"
        table[header] = [None] * (len(table) - 1) + [shown]
    return table.astype({"utterances": "Int64"})


def recall_table(scores: Scores) -> pd.DataFrame:
    """Recall and number of utterances of each class."""
    totals = [sum(row) for row in scores.confusion]
    return pd.DataFrame(
        {"recall": [scores.recall[name] for name in scores.classes], "of": totals},
        index=pd.Index(scores.classes, name="class"),
    )


def settings_table(settings: Mapping[str, Any]) -> pd.DataFrame:
    """Nested settings as one row each, keys joined by dots as in a recipe.

    Example:
        >>> settings_table({"seed": 1, "student": {"filters": 64}}).index.tolist()
        ['seed', 'student.filters']
    """
    rows = {key: str(value) for key, value in _flat(settings)}
    return pd.DataFrame({"value": pd.Series(rows, dtype="object")}).rename_axis("key")


def _row(scores: Scores) -> dict[str, Any]:
    values = {name: getattr(scores, name) for name in METRICS}
    return {**values, "utterances": scores.num_utterances}


def _flat(settings: Mapping[str, Any], prefix: str = ""):
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def cell_text(value: Any) -> str:
    """A value as it is printed: three decimals, a dash where it is missing."""
    if value is None or value is pd.NA or (value != value):  # NaN
        return "-"
    if isinstance(value, float):
        return _number(value)
    return str(value)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")


def _number(value: float) -> str:
    plain = value == 0 or not math.isfinite(value) or 1e-3 <= abs(value) < 1e4
    return f"{value:.3f}" if plain else f"{value:.3g}"


def _picture(figure: str | os.PathLike, folder: str | os.PathLike) -> str:
    figure = pathlib.Path(figure)
    if not figure.is_file():
        raise ValueError(f"{figure}: a figure of the report must exist.")
    link = pathlib.Path(os.path.relpath(figure, folder)).as_posix()
    caption = figure.stem.replace("_", " ")
    return f"![{caption}]({urllib.parse.quote(link)})"
