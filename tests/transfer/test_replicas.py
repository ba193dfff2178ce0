"""Two replicas give what one device gives."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[2]

# Rows in batches of four, the weight of the transfer term, and its control.
RAGGED = "11,1.0"  # 4, 4 and 3: the last gives two rows and one
LONELY = "9,0"  # 4, 4 and 1: the last leaves a replica without a row
PARTNERS = "12,1.0,other_utterance"
SHUFFLED = "12,1.0,shuffled"  # beside one device that hears the same neighbours
CASES = [RAGGED, LONELY, PARTNERS, SHUFFLED]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Folder of results, all made by one process that splits its CPU in two."""
    folder = tmp_path_factory.mktemp("replicas")
    script = [sys.executable, "-m", "tests.support.two_replicas", str(folder)]
    done = subprocess.run(
        [*script, *CASES],
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.mark.parametrize("case", CASES)
def test_two_replicas_equal_one_device_in_weights_and_metrics(trained, case):
    results = np.load(trained / f"{case}.npz")
    names = [key.removeprefix("one ") for key in results if key.startswith("one ")]
    assert {"metric ua", "metric val_loss", "posterior"} <= set(names)
    assert ("metric transfer_loss" in names) == (case != LONELY)
    for name in names:
        np.testing.assert_allclose(
            results[f"two {name}"], results[f"one {name}"], atol=1e-5, err_msg=name
        )
