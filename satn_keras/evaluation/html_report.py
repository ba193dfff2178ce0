"""A report as one HTML file that needs no other file and no network."""

from __future__ import annotations

import base64
import html
import os
import pathlib
import re

import pandas as pd

from satn_keras.evaluation.markdown_html import to_html
from satn_keras.evaluation.report import Report, Section, table_columns

MEDIA = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
}
# The browser itself refuses whatever would be loaded from elsewhere.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; --ink: #1c2126; --page: #ffffff; --soft: #5c656e;
  --line: #d9dde1; --shade: #f4f6f8; --link: #1f6fb2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ea; --page: #14181c;
  --soft: #9aa4ad; --line: #343b42; --shade: #1d2329; --link: #7ab8ea; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; color: var(--ink);
  background: var(--page); font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .75rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-top: .75rem;
  border-top: 1px solid var(--line); }
a { color: var(--link); }
nav { margin: 1.5rem 0; padding: .75rem 1rem; background: var(--shade);
  border-radius: 6px; }
nav ul { margin: 0; padding: 0; list-style: none; columns: 15rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; margin: .75rem 0; }
th, td { padding: .3rem .75rem; text-align: left; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code, pre { background: var(--shade); border-radius: 4px;
  font: .9em ui-monospace, monospace; }
code { padding: .1em .3em; }
pre { padding: .75rem 1rem; overflow-x: auto; }
pre code { padding: 0; }
figure { margin: 1rem 0; }
img { max-width: 100%; background: #ffffff; border-radius: 6px; }
figcaption { color: var(--soft); font-size: .88rem; }
@media print { nav { display: none; } h2, figure, tr { break-inside: avoid; } }
"""


def write_html(
    report: Report, folder: str | os.PathLike, name: str = "report.html"
) -> pathlib.Path:
    """Path of `report`, written as one HTML file into `folder`.

    Pictures and style are inside it: the file can be sent alone. A link to the
    Markdown of another report points to its HTML where that stands beside it. The
    file is replaced at once or not at all.

    Args:
        report: as `write_report` takes it.
        folder: of the file.
        name: of the file.

    Raises:
        ValueError: if a figure does not exist, or is no PNG, JPEG or SVG.
    """
    folder = pathlib.Path(folder)
    path, part = folder / name, folder / f".{name}.part"
    text = render_html(report, folder)
    folder.mkdir(parents=True, exist_ok=True)
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
    return path


def render_html(report: Report, folder: str | os.PathLike = ".") -> str:
    """`report` as the HTML text of a file in `folder`."""

    def link(target: str) -> str:
        page = target.removesuffix(".md") + ".html"
        beside = target.endswith(".md") and (pathlib.Path(folder) / page).is_file()
        return page if beside else target

    title = html.escape(report.title)
    anchors = _anchors(report.sections)
    body = [f"<h1>{title}</h1>", to_html(report.summary, link)]
    if len(anchors) > 1:
        body.append(_contents(report.sections, anchors))
    for section, anchor in zip(report.sections, anchors, strict=True):
        body += _section(section, anchor, link)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body>\n</html>\n"
    )


def html_table(table: pd.DataFrame) -> str:
    """`table` as HTML, numbers to the right, missing values as a dash.

    Example:
        >>> print(html_table(pd.DataFrame({"ua": [0.66104]})))
        <table>
        <thead><tr><th class="number">ua</th></tr></thead>
        <tbody>
        <tr><td class="number">0.661</td></tr>
        </tbody>
        </table>
    """
    columns = list(table_columns(table))
    marks = [' class="number"' if numeric else "" for _, _, numeric in columns]
    head = _row([name for name, _, _ in columns], marks, "th")
    cells = zip(*(values for _, values, _ in columns), strict=True)
    lines = ["<table>", f"<thead>{head}</thead>", "<tbody>"]
    lines += [_row(row, marks, "td") for row in cells]
    return "\n".join([*lines, "</tbody>", "</table>"])


def _row(cells, marks, tag: str) -> str:
    inner = "".join(
        f"<{tag}{mark}>{html.escape(cell)}</{tag}>"
        for cell, mark in zip(cells, marks, strict=True)
    )
    return f"<tr>{inner}</tr>"


def _section(section: Section, anchor: str, link) -> list[str]:
    parts = [f'<h2 id="{anchor}">{html.escape(section.title)}</h2>']
    parts.append(to_html(section.text, link))
    if section.table is not None:
        parts.append(f'<div class="scroll">{html_table(section.table)}</div>')
    return parts + [_figure(pathlib.Path(figure)) for figure in section.figures]


def _figure(figure: pathlib.Path) -> str:
    if not figure.is_file():
        raise ValueError(f"{figure}: a figure of the report must exist.")
    if figure.suffix.lower() not in MEDIA:
        raise ValueError(
            f"{figure}: a figure inside HTML must be one of {', '.join(MEDIA)}."
        )
    data = base64.b64encode(figure.read_bytes()).decode("ascii")
    caption = html.escape(figure.stem.replace("_", " "))
    source = f"data:{MEDIA[figure.suffix.lower()]};base64,{data}"
    return (
        f'<figure><img alt="{caption}" src="{source}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _contents(sections, anchors) -> str:
    items = "".join(
        f'<li><a href="#{anchor}">{html.escape(section.title)}</a></li>'
        for section, anchor in zip(sections, anchors, strict=True)
    )
    return f'<nav aria-label="Contents"><ul>{items}</ul></nav>'


def _anchors(sections) -> list[str]:
    """One name a section, none twice."""
    words = [re.sub(r"\W+", "-", each.title.lower()).strip("-") for each in sections]
    return [f"{number}-{word}" for number, word in enumerate(words, start=1)]
