"""Two real processes train together, lose one another, and resume."""

import csv
import json
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from tests.support.workers import run_workers

DIES = ["-m", "tests.support.dying_worker", "1", "1"]  # second epoch, second batch
LIVES = ["-m", "satn_keras"]


@pytest.fixture(scope="module")
def words(small_recipe, teacher_run):
    """Training of a student with transfer; 18 rows, so that the last batch has two."""
    changes = ["student.dropout=0", "student_training.epochs=3"]
    return ["train", str(small_recipe), *changes, "--teacher", str(teacher_run)]


@pytest.fixture(scope="module")
def one_device(words, tmp_path_factory):
    out = tmp_path_factory.mktemp("one") / "run"
    answer = CliRunner().invoke(app, [*words, "--strategy", "one", "--out", str(out)])
    assert answer.exit_code == 0, answer.output
    return out


@pytest.fixture(scope="module")
def killed(words, tmp_path_factory):
    """Answers of chief and worker, of which the worker was killed, and the folder."""
    out = tmp_path_factory.mktemp("killed") / "run"
    command = [*words, "--strategy", "multiworker", "--out", str(out)]
    return run_workers([*LIVES, *command], [*DIES, *command]), out


@pytest.fixture(scope="module")
def resumed(words, killed, tmp_path_factory):
    """Answers of both, started again with the same command, and the folder."""
    out = tmp_path_factory.mktemp("resumed") / "run"
    shutil.copytree(killed[1], out)
    command = [*words, "--strategy", "multiworker", "--out", str(out)]
    return run_workers([*LIVES, *command], [*LIVES, *command]), out


@pytest.fixture(scope="module")
def undisturbed(words, tmp_path_factory):
    """Answers of both, and the folder."""
    out = tmp_path_factory.mktemp("two") / "run"
    command = [*words, "--strategy", "multiworker", "--out", str(out)]
    return run_workers([*LIVES, *command], [*LIVES, *command]), out


def history(out):
    with open(out / "history.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def check_like_one_device(out, one_device):
    """History, posteriors of the test part and figures are those of one device."""
    here, there = history(out), history(one_device)
    assert len(here) == len(there) == 3
    for row, expected in zip(here, there, strict=True):
        assert row.keys() == expected.keys()
        assert {"loss", "transfer_loss", "val_ua"} <= row.keys()
        for name, value in expected.items():
            assert float(row[name]) == pytest.approx(float(value), abs=1e-4), name
    texts = [(path / "predictions.csv").read_text() for path in (out, one_device)]
    tables = [list(csv.reader(text.splitlines())) for text in texts]
    assert [row[:3] for row in tables[0]] == [row[:3] for row in tables[1]]
    numbers = [[row[3:] for row in table[1:]] for table in tables]
    np.testing.assert_allclose(*np.asarray(numbers, "float64"), atol=1e-4)
    ours, theirs = (
        json.loads((path / "metrics.json").read_text()) for path in (out, one_device)
    )
    assert (ours["ua"], ours["wa"]) == (theirs["ua"], theirs["wa"])


def logged(answer):
    """Lines with metrics that a worker printed, without its times."""
    lines = [line for line in answer.out.splitlines() if "emotion_loss" in line]
    return [line.partition("step - ")[2] for line in lines]


@pytest.mark.slow
def test_two_workers_end_with_identical_metrics_that_one_device_has_too(
    undisturbed, one_device
):
    (chief, worker), out = undisturbed
    assert (chief.code, worker.code) == (0, 0), chief.err + worker.err
    assert len(logged(chief)) == 3
    assert logged(chief) == logged(worker)
    assert chief.out.splitlines()[-1] == worker.out.splitlines()[-1]
    check_like_one_device(out, one_device)


@pytest.mark.slow
def test_two_workers_say_both_batches_and_the_rate(undisturbed):
    (chief, worker), out = undisturbed
    line = "batch: 8 rows, 4 on each of 2 replicas (2 workers); learning rate 0.01"
    assert line in chief.out
    assert line not in worker.out
    environment = json.loads((out / "environment.json").read_text())
    assert environment["distribution"] == {
        "strategy": "multiworker",
        "workers": 2,
        "replicas": 2,
        "global_batch": 8,
        "replica_batch": 4,
    }
    rates = {row["learning_rate"] for row in history(out)}
    assert [round(float(rate), 6) for rate in rates] == [0.01]


@pytest.mark.slow
def test_a_killed_worker_ends_the_other_with_one_line(killed):
    (chief, worker), out = killed
    assert worker.code == -9
    assert chief.code == 2
    (line,) = chief.err.splitlines()
    assert line.startswith("satn: worker 1 (127.0.0.1:")
    assert "start the same command on all workers again" in line
    assert len(history(out)) == 1
    assert not (out / "metrics.json").exists()


@pytest.mark.slow
def test_a_run_that_lost_a_worker_resumes_as_if_nothing_had_been(resumed, one_device):
    (chief, worker), out = resumed
    assert (chief.code, worker.code) == (0, 0), chief.err + worker.err
    assert len(logged(chief)) == 2  # the first epoch is not trained again
    assert logged(chief) == logged(worker)
    check_like_one_device(out, one_device)
