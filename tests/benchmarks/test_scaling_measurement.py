"""Every kind of measurement of the scaling benchmark runs and says what it must."""

import importlib
import pathlib

import pytest

BENCHMARKS = pathlib.Path(__file__).parents[2] / "benchmarks"
SMALL = {"filters": 8, "seconds": 1.0, "batch": 2}


@pytest.fixture
def scaling(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("scaling")


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
def test_a_measurement_tells_its_settings_times_and_memory(scaling, settings):
    figure = scaling.measure({**SMALL, **settings})
    assert {**figure, **SMALL, **settings} == figure
    assert figure["repeats"] > 0
    assert figure["step_seconds"] > 0 < figure["cpu_seconds"]
    assert 0 <= figure["peak_gib"] < 2


def test_an_interrupted_run_measures_nothing_twice(scaling, tmp_path, monkeypatch):
    measured = []

    def measure(settings):
        measured.append(settings["seconds"])
        return {**scaling.DEFAULTS, **settings, "step_seconds": 0.5}

    monkeypatch.setattr(scaling, "measure", measure)
    rows = [{"what": "train", "seconds": seconds} for seconds in (1, 2, 3)]
    first = scaling.measure_series(rows[:2], tmp_path / "part")
    whole = scaling.measure_series(rows, tmp_path / "part")
    assert measured == [1, 2, 3]
    assert whole[:2] == first


def test_the_series_end_where_a_measurement_fails(scaling, tmp_path, monkeypatch):
    monkeypatch.setattr(scaling, "measure", lambda s: {**s, "failure": "killed"})
    rows = [{"what": "train", "seconds": seconds} for seconds in (1, 2)]
    assert len(scaling.measure_series(rows, tmp_path / "part")) == 1
