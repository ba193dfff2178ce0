"""The benchmark of streams runs and says what it must."""

import importlib
import pathlib

import pytest

BENCHMARKS = pathlib.Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def streaming(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("streaming")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["log-mel, reach 1.5 s", "log-mel, reach 1.5 s, LiteRT"]
)
def test_a_row_tells_its_times_and_how_near_it_comes(streaming, name):
    figure = streaming.measure(name, seconds=3.0, hop=0.1, parity=1.0)
    assert figure["name"] == name
    assert min(figure["early_ms"], figure["late_ms"], figure["times_real_time"]) > 0
    assert figure["ratio"] == pytest.approx(figure["late_ms"] / figure["early_ms"])
    assert figure["difference"] < 1e-4


def test_the_table_has_a_row_for_each_figure(streaming):
    figure = {
        "name": "one",
        "early_ms": 1.0,
        "late_ms": 2.0,
        "ratio": 2.0,
        "times_real_time": 9.0,
        "times_real_time_cpu": 8.0,
        "difference": 1e-7,
    }
    lines = streaming.table([figure]).splitlines()
    assert lines[-1] == "| one | 1.00 | 2.00 | 2.00 | 9.0 | 8.0 | 1.0e-07 |"
    assert len({line.count("|") for line in lines}) == 1
