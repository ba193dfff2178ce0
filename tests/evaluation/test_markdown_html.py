"""The forms of Markdown that reports use, and what must stay text."""

import pytest

from satn_keras.evaluation.markdown_html import to_html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "<p>plain</p>"),
        ("UA **0.661**", "<p>UA <strong>0.661</strong></p>"),
        ("*only* here", "<p><em>only</em> here</p>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("`**x**`", "<p><code>**x**</code></p>"),
        ("**`x`**", "<p><strong><code>x</code></strong></p>"),
        ("[a *b*](c/d.md)", '<p><a href="c/d.md">a <em>b</em></a></p>'),
        (
            "[a](https://x.org/?b=1&c=2)",
            '<p><a href="https://x.org/?b=1&amp;c=2">a</a></p>',
        ),
        (r"\*no\*", "<p>*no*</p>"),
        (r"a \| b", "<p>a | b</p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("** no **", "<p>** no **</p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("two\nlines", "<p>two lines</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("- a\n- **b**", "<ul><li>a</li><li><strong>b</strong></li></ul>"),
        ("* a\n* b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("- a\n  runs on\n- b", "<ul><li>a runs on</li><li>b</li></ul>"),
        ("Parts:\n- a", "<p>Parts:</p>\n<ul><li>a</li></ul>"),
        ("## Deeper\ntext", "<h4>Deeper</h4>\n<p>text</p>"),
        (
            "Try:\n\n    a  b\n    <c>",
            "<p>Try:</p>\n<pre><code>a  b\n&lt;c&gt;</code></pre>",
        ),
        ("    a\n\n    b\nend", "<pre><code>a\n\nb</code></pre>\n<p>end</p>"),
        (
            "```sh\nx **y**\n\nz\n```\nend",
            "<pre><code>x **y**\n\nz</code></pre>\n<p>end</p>",
        ),
        ("say\n```\nx\n```", "<p>say</p>\n<pre><code>x</code></pre>"),
        ("```\nnever closed", "<pre><code>never closed</code></pre>"),
        ("", ""),
        ("\n  \n", ""),
    ],
)
def test_marks_become_tags(text, expected):
    assert to_html(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "**<img src=x onerror=alert(1)>**",
        "`</code><script>`",
        "[a](javascript:alert)",
        "[a](data:text/html,x)",
        '[a](x"onclick="alert)',
        "- <b>x</b>",
        "    <b>x</b>",
        "# <b>x</b>",
    ],
)
def test_nothing_in_a_text_becomes_a_tag_or_a_script_of_its_own(text):
    answer = to_html(text)
    for forbidden in ("<script", "<img", "<b>", 'href="javascript', 'href="data'):
        assert forbidden not in answer
    assert 'onclick="' not in answer


def test_targets_of_links_can_be_changed():
    assert to_html("[a](b.md)", link=str.upper) == '<p><a href="B.MD">a</a></p>'
