"""The tables of the scaling benchmark: what is divided, and how growth is told."""

import importlib.util
import pathlib

import pytest

BENCHMARKS = pathlib.Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def report():
    path = BENCHMARKS / "scaling_report.py"
    spec = importlib.util.spec_from_file_location("scaling_report", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figure(seconds, wall, cpu, peak, **changes):
    times = {"step_seconds": wall, "cpu_seconds": cpu, "peak_gib": peak}
    return {"seconds": seconds, "batch": 2, **times, **changes}


def result(axis, *figures):
    series = [{"axis": axis, "name": "train, full attention", "figures": figures}]
    return {"machine": "a machine", "date": "today", "series": series}


def test_times_are_of_a_second_of_audio_and_growth_is_a_power(report):
    rows = figure(10, 0.4, 0.6, 0.5), figure(40, 6.4, 2.4, 8.0)
    lines = report.tables_of(result("length", *rows)).splitlines()
    # 400 ms for two utterances of 10 s; four times the length: 4 = 4^1, 16 = 4^2.
    assert lines[-2] == "| 10 | 20 | 30 |  | 0.50 |  |"
    assert lines[-1] == "| 40 | 80 | 30 | x 4 (n^1.0) | 8.00 | x 16 (n^2.0) |"


def test_an_epoch_is_divided_by_the_utterances(report):
    rows = [figure(1, 0.5, 0.25, 0.0, utterances=100)]
    lines = report.tables_of(result("corpus", *rows)).splitlines()
    assert lines[-3].startswith("| utterances | ms an utterance |")
    assert lines[-1] == "| 100 | 5 | 2.5 |  | 0.00 |  |"


def test_a_measurement_that_failed_says_why(report):
    killed = {"seconds": 600, "batch": 1, "failure": "exit code -9: killed"}
    text = report.tables_of(result("length", figure(1, 1, 1, 1), killed))
    assert text.endswith("| 600 | exit code -9: killed | | | | |")


def test_tables_take_the_place_of_the_old_ones_and_no_other_text(report, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"# Before\n{report.START}\nold\n{report.END}\nafter\n")
    report.write_tables(result("length", figure(1, 1, 1, 1)), page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Before\n") and text.endswith("\nafter\n")
    assert "old" not in text and "| 1 | 500 |" in text
