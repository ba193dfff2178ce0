"""Two and four replicas give what one device gives."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[2]
CASES = {
    "student": {"posterior", "metric val_loss", "metric transfer_loss"},
    "student_alone": {"posterior", "metric ua", "metric emotion_loss"},
    "partners": {"metric transfer_loss"},
    "shuffled": {"metric transfer_loss"},
    "adversarial": {"metric speaker_loss", "metric val_emotion_loss"},
    "regularised": {"average 0", "metric val_emotion_loss", "metric emotion_loss"},
    "state_network": {"metric accuracy", "metric val_loss"},
}
LONG_CASES = {  # to trace
    "teacher": {"metric ctc_loss", "metric alignment_loss", "metric tokens_accuracy"},
    "sequence_network": {"metric loss"},
}
OF_TWO = ("partners", "shuffled")  # whose rows must not be shared out otherwise
OF_FOUR = [case for case in CASES if case not in OF_TWO]


def train(folder, count, cases, **environment):
    """Folder of results, all made by one process that splits its CPU."""
    script = [sys.executable, "-m", "tests.support.replicas", str(folder), count]
    done = subprocess.run(
        [*script, *cases],
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def on_two(tmp_path_factory):
    return train(tmp_path_factory.mktemp("two"), "2", CASES)


@pytest.fixture(scope="module")
def on_four(tmp_path_factory, on_two):
    known = {"ONE_DEVICE": str(on_two)}  # what one device gives is the same
    return train(tmp_path_factory.mktemp("four"), "4", OF_FOUR, **known)


@pytest.fixture(scope="module", params=["2", "4"])
def long_ones(request, tmp_path_factory):
    return train(tmp_path_factory.mktemp("long"), request.param, LONG_CASES)


def check(path, case):
    """Metrics and weights after three epochs are those of one device."""
    results = np.load(path / f"{case}.npz")
    names = [key.removeprefix("one ") for key in results if key.startswith("one ")]
    assert {**CASES, **LONG_CASES}[case] <= set(names)
    assert any(name.startswith("weight ") for name in names)
    for name in names:
        one, many = results[f"one {name}"], results[f"many {name}"]
        assert not name.startswith("metric ") or one.shape == (3,)
        np.testing.assert_allclose(many, one, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("case", CASES)
def test_two_replicas_equal_one_device_in_weights_and_metrics(on_two, case):
    check(on_two, case)


@pytest.mark.parametrize("case", OF_FOUR)
def test_four_replicas_equal_one_device_in_weights_and_metrics(on_four, case):
    check(on_four, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", LONG_CASES)
def test_replicas_of_teacher_and_blstm_equal_one_device(long_ones, case):
    check(long_ones, case)
