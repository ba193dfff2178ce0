"""Reports: what a reader of the Markdown finds."""

import pandas as pd
import pytest

from satn_keras.evaluation.report import (
    Report,
    Section,
    markdown_table,
    recall_table,
    render,
    score_table,
    settings_table,
    write_report,
)
from satn_keras.evaluation.scores import score
from satn_keras.evaluation.statistics import Interval


def test_a_report_reads_title_summary_then_sections_in_order(tmp_path):
    figures = tmp_path / "figures"
    figures.mkdir()
    (figures / "confusion matrix.png").touch()
    report = Report(
        "Run 7",
        "The student reaches 0.66.",
        [
            Section("Scores", "On the test part.", pd.DataFrame({"ua": [0.66]})),
            Section("Figures", figures=[figures / "confusion matrix.png"]),
        ],
    )
    path = write_report(report, tmp_path)
    assert path == tmp_path / "report.md"
    assert path.read_text(encoding="utf-8") == (
        "# Run 7\n\n"
        "The student reaches 0.66.\n\n"
        "## Scores\n\n"
        "On the test part.\n\n"
        "|    ua |\n"
        "| ----: |\n"
        "| 0.660 |\n\n"
        "## Figures\n\n"
        "![confusion matrix](figures/confusion%20matrix.png)\n"
    )
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        "figures",
        "report.md",
    ]


def test_a_figure_outside_the_folder_is_linked_upwards(tmp_path):
    (tmp_path / "a.png").touch()
    report = Report("t", "s", [Section("f", figures=[tmp_path / "a.png"])])
    assert "![a](../a.png)" in render(report, tmp_path / "run")


def test_a_missing_figure_is_named_and_the_old_report_stays(tmp_path):
    path = write_report(Report("old", "still here"), tmp_path)
    report = Report("new", "", [Section("f", figures=[tmp_path / "gone.png"])])
    with pytest.raises(ValueError, match=r"gone\.png: a figure of the report"):
        write_report(report, tmp_path)
    assert path.read_text(encoding="utf-8").startswith("# old")


def test_a_table_aligns_numbers_right_and_escapes_bars():
    table = pd.DataFrame(
        {"value": [1234, 5], "share": [0.12345, float("nan")], "note": ["a|b", None]},
        index=pd.Index(["x", "y"], name="key"),
    )
    assert markdown_table(table) == (
        "| key | value | share | note |\n"
        "| :-- | ----: | ----: | :--- |\n"
        "| x   |  1234 | 0.123 | a\\|b |\n"
        "| y   |     5 |     - | -    |"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0001, "0.0001"), (0.0, "0.000"), (-2.5, "-2.500"), (31415.9, "3.14e+04")],
)
def test_numbers_keep_three_decimals_or_three_digits(value, shown):
    last = markdown_table(pd.DataFrame({"x": [value]})).splitlines()[-1]
    assert last.strip("| ") == shown


def test_the_score_table_has_folds_mean_deviation_pooled_and_interval():
    folds = {
        "03": score([0, 0, 1], [[1, 0], [0, 1], [0, 1]], "ab"),  # ua 3/4
        "08": score([0, 1, 1, 1], [[1, 0], [1, 0], [1, 0], [1, 0]], "ab"),  # ua 1/2
    }
    interval = Interval(0.5, 0.25, 0.75, 0.9, "speaker", 2, 101)
    table = score_table(folds, interval)
    assert table.index.tolist() == ["03", "08", "mean", "deviation", "pooled"]
    assert table["ua"].tolist() == pytest.approx(
        [3 / 4, 1 / 2, 5 / 8, 2**-0.5 / 4, (2 / 3 + 1 / 4) / 2]
    )
    assert table["utterances"].tolist() == [3, 4, 7, 7, 7]
    header = "90% interval of ua, over speakers"
    assert table[header].tolist()[-1] == "0.250 to 0.750"
    assert table[header].isna().tolist() == [True] * 4 + [False]


def test_the_score_table_of_one_fold_has_one_row():
    table = score_table({"test": score([0, 1], [[1, 0], [1, 0]], "ab")})
    assert table.index.tolist() == ["test"]
    assert list(table.columns) == ["ua", "wa", "macro_f1", "utterances"]


def test_the_recall_table_leaves_absent_classes_open():
    table = recall_table(score([0, 0, 1], [[1, 0, 0], [0, 1, 0], [0, 1, 0]], "abc"))
    assert table["recall"].tolist()[:2] == [0.5, 1.0]
    assert markdown_table(table).splitlines()[-1] == "| c     |      - |   0 |"


def test_settings_are_listed_by_the_key_that_a_recipe_uses():
    table = settings_table({"seed": 1, "student": {"filters": 64, "dropout": 0.2}})
    assert table.to_dict()["value"] == {
        "seed": "1",
        "student.filters": "64",
        "student.dropout": "0.2",
    }
