"""Half precision, XLA, clipped gradients: two replicas give what one device gives."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[2]
# Cases and their tolerance.
CASES = {"jit": 1e-4, "clipped": 1e-5, "float16": 2e-3, "overflow": 2e-3}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Results by case, all made by one process that splits its CPU in two."""
    folder = tmp_path_factory.mktemp("replicas")
    script = [sys.executable, "-m", "tests.support.two_replicas_served", str(folder)]
    done = subprocess.run(
        [*script, *CASES],
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {case: dict(np.load(folder / f"{case}.npz")) for case in CASES}


@pytest.mark.parametrize("case", CASES)
def test_weights_metrics_and_scale_are_those_of_one_device(trained, case):
    results = trained[case]
    names = {key.removeprefix("one ") for key in results if key.startswith("one ")}
    for name in names - {"whole"}:
        found, wanted = results[f"two {name}"], results[f"one {name}"]
        assert np.isfinite(found).all(), name
        np.testing.assert_allclose(
            found, wanted, rtol=CASES[case], atol=CASES[case], err_msg=name
        )


def test_a_gradient_that_overflows_on_one_replica_is_passed_over_by_both(trained):
    results = trained["overflow"]
    assert int(results["two iterations"]) < int(trained["float16"]["two iterations"])
    assert float(results["two scale"]) < float(trained["float16"]["two scale"])


def test_xla_has_the_whole_step_on_one_device_alone(trained):
    assert trained["jit"]["one whole"]
    assert not trained["jit"]["two whole"]
