"""The Markdown that reports are written in, as HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

INLINE = re.compile(
    r"\\(?P<escaped>[\\`*_|\[\]()])"
    r"|`(?P<code>[^`]+)`"
    r"|\*\*(?P<bold>(?=\S).+?(?<=\S))\*\*"
    r"|\*(?P<slanted>[^\s*](?:[^*]*[^\s*])?)\*"
    r"|\[(?P<words>[^\[\]]+)\]\((?P<target>[^()\s]+)\)"
)
ITEM = re.compile(r"(?P<mark>[-*]|\d+\.)\s+(?P<text>.*)")
HEADING = re.compile(r"(?P<level>#{1,6})\s+(?P<text>.*)")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def to_html(text: str, link: Callable[[str], str] | None = None) -> str:
    """HTML of a report's text.

    Knows paragraphs, lists of one level, headings (two levels deeper than
    written), code indented by four blanks or fenced, and within a line **bold**,
    *slanted*, `code`, [links](page.md) and the backslash before a mark. All else is
    plain text, tags included: nothing in it can become a script.

    Args:
        text: Markdown.
        link: changes the target of a link, such as report.md to report.html.

    Example:
        >>> to_html("UA **0.661**, see [curves](curves.png) & `UA < 1`.")
        '<p>UA <strong>0.661</strong>, see <a href="curves.png">curves</a> &amp;
        <code>UA &lt; 1</code>.</p>'
    """
    return "\n".join(_block(block, link) for block in _blocks(text.splitlines()))


def inline_html(text: str, link: Callable[[str], str] | None = None) -> str:
    """HTML of marks within one line or paragraph."""
    parts, end = [], 0
    for match in INLINE.finditer(text):
        parts += [html.escape(text[end : match.start()]), _inline(match, link)]
        end = match.end()
    return "".join([*parts, html.escape(text[end:])])


def _inline(match: re.Match, link) -> str:
    kind, body = match.lastgroup, match[match.lastgroup]
    if kind == "escaped":
        return html.escape(body)
    if kind == "code":
        return f"<code>{html.escape(body)}</code>"
    if kind in ("bold", "slanted"):
        tag = "strong" if kind == "bold" else "em"
        return f"<{tag}>{inline_html(body, link)}</{tag}>"
    words = inline_html(match["words"], link)
    scheme = SCHEME.match(body)
    if scheme and scheme[0].lower() not in ("http:", "https:", "mailto:"):
        return html.escape(match[0])  # such as javascript:
    return f'<a href="{html.escape(link(body) if link else body)}">{words}</a>'


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Lines that belong together; code keeps its blank lines."""
    block: list[str] = []
    fence = False
    for line in lines:
        if line.startswith("```"):
            fence = not fence
            if fence and block:
                yield block
                block = []
        elif not fence and block and _ends(block, line):
            if any(each.strip() for each in block):
                yield block
            block = []
        block.append(line)
    if any(line.strip() for line in block):
        yield block


def _ends(block: list[str], line: str) -> bool:
    first = block[0]
    if first.startswith("```"):
        return len(block) > 1 and block[-1].startswith("```")
    if first.startswith("    "):
        return bool(line.strip()) and not line.startswith("    ")
    if not first.strip() or not line.strip() or HEADING.match(first):
        return True
    starts = bool(ITEM.match(line)) and not ITEM.match(first)
    return starts or bool(HEADING.match(line))


def _block(block: list[str], link) -> str:
    first = block[0]
    if first.startswith("```"):
        return _code(block[1:-1] if block[-1].startswith("```") else block[1:])
    if first.startswith("    "):
        return _code([line[4:] for line in block])
    heading = HEADING.match(first)
    if heading:
        level = min(6, len(heading["level"]) + 2)
        return f"<h{level}>{inline_html(heading['text'], link)}</h{level}>"
    if ITEM.match(first):
        return _list(block, link)
    return f"<p>{inline_html(' '.join(map(str.strip, block)), link)}</p>"


def _code(lines: list[str]) -> str:
    text = "\n".join(lines).rstrip()
    return f"<pre><code>{html.escape(text)}</code></pre>"


def _list(lines: list[str], link) -> str:
    items: list[str] = []
    for line in lines:
        match = ITEM.match(line)
        if match:
            items.append(match["text"])
        else:
            items[-1] += " " + line.strip()  # a line that runs on
    tag = "ol" if lines[0][0].isdigit() else "ul"
    inner = "".join(f"<li>{inline_html(item, link)}</li>" for item in items)
    return f"<{tag}>{inner}</{tag}>"
