"""Two replicas give what one device gives."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[2]


def train_both_ways(folder, rows, weight):
    path = folder / "both.npz"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.support.two_replicas",
            str(path),
            str(rows),
            str(weight),
        ],
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return np.load(path)


@pytest.mark.parametrize(
    ("rows", "weight"),
    [
        (8, 1.0),  # batches of 4 and 4: two rows a replica
        (11, 1.0),  # 4, 4 and 3: the last gives two rows and one
        (9, 0.0),  # 4, 4 and 1: the last leaves one replica without a row
    ],
)
def test_two_replicas_equal_one_device_in_weights_and_metrics(tmp_path, rows, weight):
    results = train_both_ways(tmp_path, rows, weight)
    names = [key.removeprefix("one ") for key in results if key.startswith("one ")]
    assert "metric ua" in names
    assert "metric val_loss" in names
    assert ("metric transfer_loss" in names) == (weight > 0)
    for name in names:
        np.testing.assert_allclose(
            results[f"two {name}"], results[f"one {name}"], atol=1e-5, err_msg=name
        )
