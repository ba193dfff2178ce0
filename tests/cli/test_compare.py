"""`satn compare`: a table, JSON, and mistakes in one line."""

import json

import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from tests.support.small_runs import decided, write_run


def compare(*words):
    return CliRunner().invoke(app, ["compare", *map(str, words)])


@pytest.fixture
def runs(tmp_path):
    return (
        write_run(tmp_path / "base", decided("anna", "ccll", "cccc")),
        write_run(tmp_path / "better", decided("anna", "ccll", "ccll")),
    )


def test_the_table_has_a_line_for_each_run_after_the_first(runs):
    answer = compare(*runs)
    assert answer.exit_code == 0, answer.output
    header, _, line = answer.stdout.strip().splitlines()
    assert "p, McNemar" in header
    assert line.startswith("| better |") and "0.500" in line


def test_json_has_every_test(runs):
    answer = compare(*runs, "--json")
    (result,) = json.loads(answer.stdout)
    assert result["ua"]["value"] == pytest.approx(0.5)
    assert result["mcnemar"]["only_system_right"] == 2
    assert result["num_utterances"] == 4


def test_what_is_left_out_is_told(runs, tmp_path):
    more = write_run(tmp_path / "more", decided("anna", "ccllc", "ccllc"))
    answer = compare(runs[0], more)
    assert answer.exit_code == 0, answer.output
    assert answer.stderr.startswith("satn: note: 1 decisions of ")


def test_one_run_is_no_comparison(runs):
    answer = compare(runs[0])
    assert answer.exit_code == 2
    assert answer.stderr.startswith("satn: RUN...: at least two runs")


def test_a_folder_without_a_run_is_named(runs, tmp_path):
    answer = compare(runs[0], tmp_path / "nothing")
    assert answer.exit_code == 2
    assert "no run here" in answer.stderr and answer.stderr.count("\n") == 1
