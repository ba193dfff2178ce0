"""A chief and its workers: real processes on one machine, and one that dies."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import pandas as pd
import pytest

from satn_keras.errors import ConfigError
from satn_keras.tuning import distributed
from satn_keras.tuning.roles import Role
from tests.support.planted_search import write_teacher
from tests.tuning.planted_plans import WEIGHTS, num_calls, trial_files

ROOT = pathlib.Path(__file__).parents[2]
PATIENCE = 240  # seconds; a guard, not a measurement


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def start(small_recipe, small_config, tmp_path):
    """Starts `satn tune` of the planted problem; ends what is left of it."""
    write_teacher(tmp_path / "teacher", small_config)
    chief, processes = f"127.0.0.1:{free_port()}", []

    def begin(*words, seconds=0.05, lost_after=60, fails=False, workers=1):
        command = [
            *(sys.executable, "-m", "tests.support.planted_search", "tune"),
            *(str(small_recipe), "--out", str(tmp_path / "search")),
            *("--teacher", str(tmp_path / "teacher"), "--trials", "11"),
            *("--search", WEIGHTS, "--no-prune", "--chief", chief, *words),
        ]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PLANTED_SECONDS": str(seconds),
            "PLANTED_LOST_AFTER": str(lost_after),
            "PLANTED_FAILS": "yes" if fails else "",
            "PLANTED_WORKERS": str(workers),  # that begin before one ends
        }
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        processes.append(process)
        return process

    yield begin
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ended(process):
    """What a process printed, after it came to a good end."""
    out, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    return out


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_chief_and_two_workers_find_the_planted_best_weight(start, tmp_path):
    chief = start()
    workers = [start("--worker", name, workers=2) for name in ("ada", "bob")]
    told = ended(chief)
    lines = [ended(worker).splitlines() for worker in workers]
    assert "best development ua 0.705 with transfer.weight=0.215" in told
    table = pd.read_csv(tmp_path / "search" / "trials.csv")
    assert sorted(table["transfer.weight"]) == [
        *(0, 0.01, 0.0215, 0.0464, 0.1, 0.215, 0.464, 1, 2.15, 4.64, 10)
    ]
    assert set(table["status"]) == {"finished"}
    # Every trial was run once, by one of the two, and both had some.
    counts = table["worker"].value_counts().to_dict()
    assert counts == {"ada": len(lines[0]), "bob": len(lines[1])}
    assert sum(counts.values()) == 11
    assert set(num_calls(tmp_path).values()) == {1}
    assert len(num_calls(tmp_path)) == 11 * 4


@pytest.mark.slow
def test_the_trial_of_a_worker_that_dies_is_taken_over(start, tmp_path):
    chief = start(lost_after=15)
    victim = start("--worker", "victim", seconds=600)  # never ends a training
    wait_until(lambda: num_calls(tmp_path))
    victim.send_signal(signal.SIGKILL)
    (lost,) = trial_files(tmp_path)
    heir = start("--worker", "heir", seconds=0)
    told = ended(chief)
    ended(heir)
    assert f"no sign of worker victim for 15 s; trial {lost['trial']} is free" in told
    assert "best development ua 0.705 with transfer.weight=0.215" in told
    trials = {each["trial"]: each for each in trial_files(tmp_path)}
    assert trials[lost["trial"]]["values"] == lost["values"]
    assert {each["worker"] for each in trials.values()} == {"heir"}
    assert {each["status"] for each in trials.values()} == {"finished"}


@pytest.mark.slow
def test_a_chief_that_is_killed_begins_again_where_it_was(start, tmp_path):
    chief = start()
    worker = start("--worker", "ada", seconds=0.3)
    wait_until(lambda: len(trial_files(tmp_path)) > 2)
    chief.send_signal(signal.SIGKILL)
    chief.communicate()
    told = ended(start())
    assert "best development ua 0.705 with transfer.weight=0.215" in told
    assert len(ended(worker).splitlines()) == 11
    assert {each["status"] for each in trial_files(tmp_path)} == {"finished"}
    assert set(num_calls(tmp_path).values()) == {1}


@pytest.mark.slow
def test_too_many_failures_end_chief_and_worker(start, tmp_path):
    chief = start("--max-failures", "1", fails=True)
    worker = start("--max-failures", "1", "--worker", "ada", fails=True)
    for process in (chief, worker):
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 2
        assert "2 trials failed, and --max-failures is 1" in errors
        assert "no training here. Tracebacks are in" in errors
    assert {each["status"] for each in trial_files(tmp_path)} == {"failed"}


def test_a_worker_whose_chief_is_silent_says_so(monkeypatch):
    monkeypatch.setattr(distributed, "ANSWER_WITHIN", 0.2)
    role = Role("ada", "127.0.0.1", free_port())
    with (
        pytest.raises(
            ConfigError, match="the chief does not answer .DEADLINE_EXCEEDED"
        ),
        role.environment(),
        distributed.patient_client(role),
    ):
        distributed.oracle_client.OracleClient(None).get_space()


def test_an_address_that_is_taken_is_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        role = Role("chief", "127.0.0.1", taken.getsockname()[1])
        with pytest.raises(ConfigError, match="cannot listen there"):
            distributed.serve(None, role, tmp_path, 60, print, lambda: None)
