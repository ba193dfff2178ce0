"""The HTML report: one file, sound, closed to the network."""

import base64
import html.parser
import re

import pandas as pd
import pytest

from satn_keras.evaluation.html_report import html_table, render_html, write_html
from satn_keras.evaluation.report import Report, Section, write_report

VOID = {"meta", "img", "br"}


class Reader(html.parser.HTMLParser):
    """Checks that tags close in order, and keeps what is in them."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "title"):
            self.words.append(data.strip())

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def report(tmp_path):
    figure = tmp_path / "figures" / "confusion_matrix.png"
    figure.parent.mkdir()
    figure.write_bytes(b"\x89PNG not really")
    return Report(
        "Run <7>",
        "UA **0.661** with `W = 1`.",
        [
            Section("Scores", "On *test*.", pd.DataFrame({"ua": [0.66104]})),
            Section("Recall & more", figures=[figure]),
        ],
    )


def test_title_summary_sections_and_contents_stand_in_order(report, tmp_path):
    path = write_html(report, tmp_path)
    assert path == tmp_path / "report.html"
    page = Reader(path.read_text(encoding="utf-8"))
    words = [word for word in page.words if word]
    assert words[:2] == ["Run <7>", "UA"]
    contents = ["Scores", "Recall & more"]
    assert words[6:8] == contents  # after 0.661, "with", W = 1 and the dot
    assert words[8:] == [
        "Scores",
        "On",
        "test",
        ".",
        "ua",
        "0.661",
        "Recall & more",
        "confusion matrix",
    ]
    targets = [attrs["href"].removeprefix("#") for attrs in page.all("a")]
    assert targets == [attrs["id"] for attrs in page.all("h2")]
    assert len(set(targets)) == 2


def test_pictures_lie_inside_the_file(report, tmp_path):
    page = Reader(render_html(report, tmp_path))
    (image,) = page.all("img")
    media, _, data = image["src"].partition(";base64,")
    assert media == "data:image/png"
    assert base64.b64decode(data) == b"\x89PNG not really"
    assert image["alt"] == "confusion matrix"


def test_nothing_is_loaded_from_elsewhere(report, tmp_path):
    text = render_html(report, tmp_path)
    page = Reader(text)
    assert {tag for tag, _ in page.tags} & {
        "script",
        "link",
        "iframe",
        "object",
    } == set()
    assert all(attrs["src"].startswith("data:") for attrs in page.all("img"))
    assert re.search(r"url\(|@import|https?:", text) is None
    policies = [attrs.get("content", "") for attrs in page.all("meta")]
    assert any("default-src 'none'" in policy for policy in policies)


def test_the_style_serves_light_and_dark(report, tmp_path):
    text = render_html(report, tmp_path)
    assert "color-scheme: light dark" in text
    assert "prefers-color-scheme: dark" in text


def test_numbers_stand_to_the_right_and_words_to_the_left():
    table = pd.DataFrame(
        {
            "share": [0.5, None],
            "interval": ["0.400 to 0.600", "-"],
            "spread": ["0.5 ± 0.1", "not found"],
            "note": ["<b>", "3 of 4"],
        },
        index=pd.Index(["03", "08"], name="fold"),
    )
    page = Reader(html_table(table))
    right = [attrs.get("class") == "number" for attrs in page.all("td")]
    assert right == [False, True, True, True, False] * 2
    words = [word for word in page.words if word]
    assert words[-10:] == [
        *("03", "0.500", "0.400 to 0.600", "0.5 ± 0.1", "<b>"),
        *("08", "-", "-", "not found", "3 of 4"),
    ]


def test_a_wide_table_scrolls_by_itself(report, tmp_path):
    page = Reader(render_html(report, tmp_path))
    assert {"class": "scroll"} in page.all("div")


def test_links_to_another_report_lead_to_its_html_where_there_is_one(tmp_path):
    (tmp_path / "student").mkdir()
    write_html(Report("s", ""), tmp_path / "student")
    text = "[student](student/report.md), [teacher](teacher/report.md)"
    page = Reader(render_html(Report("t", text), tmp_path))
    assert [attrs["href"] for attrs in page.all("a")] == [
        "student/report.html",
        "teacher/report.md",
    ]


def test_a_report_of_one_section_needs_no_contents():
    page = Reader(render_html(Report("t", "s", [Section("only")])))
    assert page.all("nav") == []


def test_both_forms_are_made_of_one_report(report, tmp_path):
    markdown = write_report(report, tmp_path).read_text(encoding="utf-8")
    page = write_html(report, tmp_path).read_text(encoding="utf-8")
    for shown in ("0.661", "Recall", "confusion"):
        assert shown in markdown
        assert shown in page


@pytest.mark.parametrize(
    ("name", "message"),
    [("gone.png", "a figure of the report must exist"), ("a.pdf", "one of .png")],
)
def test_a_figure_that_cannot_be_inside_is_named_and_the_old_file_stays(
    tmp_path, name, message
):
    (tmp_path / "a.pdf").touch()
    path = write_html(Report("old", ""), tmp_path)
    before = path.read_text(encoding="utf-8")
    report = Report("new", "", [Section("f", figures=[tmp_path / name])])
    with pytest.raises(ValueError, match=message):
        write_html(report, tmp_path)
    assert path.read_text(encoding="utf-8") == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.pdf", path.name]
