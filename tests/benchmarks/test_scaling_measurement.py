"""Every kind of measurement of the scaling benchmark runs and says what it must."""

import json
import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).parents[2] / "benchmarks" / "scaling_measurement.py"
SMALL = {"filters": 8, "seconds": 1.0, "batch": 2}


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"what": "train", "reach": 5},
        {"what": "train", "strategy": "mirrored", "replicas": 2},
        {"what": "predict", "chunk": 16},
        {"what": "read", "utterances": 7, "cache": "disk"},
    ],
    ids=str,
)
def test_a_measurement_is_one_line_of_settings_times_and_memory(settings):
    words = [sys.executable, SCRIPT, json.dumps({**SMALL, **settings})]
    answer = subprocess.run(words, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    figure = json.loads(answer.stdout.splitlines()[-1])
    assert {**figure, **SMALL, **settings} == figure
    assert figure["repeats"] > 0
    assert figure["step_seconds"] > 0 < figure["cpu_seconds"]
    assert 0 <= figure["peak_gib"] < 2
