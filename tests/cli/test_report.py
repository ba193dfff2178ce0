"""`satn report`: the reports of a run, written again from its files."""

import shutil

import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app


def report(*words):
    return CliRunner().invoke(app, ["report", *map(str, words)])


@pytest.mark.parametrize("task", ["teacher", "student"])
def test_a_run_s_reports_are_written_as_they_were(trained, tmp_path, task):
    run = tmp_path / task  # its name is the title
    shutil.copytree(trained[1] / task, run)
    before = (run / "report.md").read_text()
    for name in ("report.md", "report.html"):
        (run / name).unlink()
    answer = report(run)
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.split() == [str(run / "report.md"), str(run / "report.html")]
    assert (run / "report.md").read_text() == before
    assert (run / "report.html").stat().st_size > 10_000  # pictures are inside


def test_a_run_that_is_not_finished_is_named(trained, tmp_path):
    shutil.copytree(trained[1] / "student", tmp_path / "run")
    (tmp_path / "run" / "metrics.json").unlink()
    answer = report(tmp_path / "run")
    assert answer.exit_code == 2
    assert "not finished" in answer.stderr and answer.stderr.count("\n") == 1


def test_a_folder_without_a_run_is_named(tmp_path):
    answer = report(tmp_path)
    assert answer.exit_code == 2
    assert "no run here" in answer.stderr
