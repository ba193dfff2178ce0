"""A fold's network beside another judge, with nothing trained anew."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import judges
from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError
from satn_keras.experiments.experiment import run_student
from satn_keras.experiments.predictions import read_table
from satn_keras.experiments.run_directory import RunDirectory
from tests.experiments.test_experiment import with_values


@pytest.fixture(scope="module")
def run(small_config, tmp_path_factory):
    """One fold of a cross-validation."""
    config = with_values(
        small_config,
        data={"validation_speakers": 0},
        student={"statistics_weight": 0.7, "posterior_calibration": "speakers"},
        student_training={"epochs": 1, "selection": "last"},
        transfer={"weight": 0.0},
    )
    path = tmp_path_factory.mktemp("crossed") / "seed-1" / "fold"
    run_student(config, path)
    return RunDirectory.open(path)


def posteriors(table):
    return table.drop(columns=["key", "speaker", "truth"]).to_numpy()


def judged(run, folder, *overrides):
    """Table of another judge's posteriors, and the UA that is written beside it."""
    out = RunDirectory(folder)
    config = ExperimentConfig.from_yaml(run.path / "config.yaml", overrides)
    judges.judge_again(run, config, out)
    return read_table(folder), out.read_json("metrics.json")["ua"]


def test_the_same_judge_says_what_the_run_says(run, tmp_path):
    table, ua = judged(run, tmp_path / "same")
    own = read_table(run.path)
    assert table["key"].tolist() == own["key"].tolist()
    np.testing.assert_allclose(posteriors(table), posteriors(own), atol=1e-5)
    assert ua == pytest.approx(run.read_json("metrics.json")["ua"])


def test_without_a_judge_the_network_is_left(run, tmp_path):
    alone, _ = judged(run, tmp_path / "alone", "student.statistics_weight=0")
    light, _ = judged(
        run,
        tmp_path / "light",
        "student.statistics_weight=1e-9",
        "student.posterior_calibration=none",
    )
    np.testing.assert_allclose(posteriors(alone), posteriors(light), atol=1e-5)
    own = posteriors(read_table(run.path))
    assert np.abs(posteriors(alone) - own).max() > 0.01


def test_a_folder_is_filled_and_found_again(run, tmp_path, monkeypatch, capsys):
    source, out = run.path.parents[1], tmp_path / "out"
    words = [str(source), "student.statistics_shrinkage=0.9", "--out", str(out)]
    for _ in range(2):
        monkeypatch.setattr("sys.argv", ["judges.py", *words])
        judges.main()
        shown = capsys.readouterr().out
        assert "mean of 1 runs" in shown
        assert "expected calibration error 0." in shown
        monkeypatch.setattr(judges, "judge_again", None)  # what is there stays
    assert (out / "seed-1" / "fold" / "predictions.csv").exists()
    words[1] = "student.statistics_shrinkage=0.8"
    monkeypatch.setattr("sys.argv", ["judges.py", *words])
    with pytest.raises(ConfigError, match="has another judge"):
        judges.main()


def test_sureness_is_that_of_hand_and_paper():
    table = pd.DataFrame(
        {
            "seed": 1,
            "fold": "a",
            "key": ["a1", "a2"],
            "speaker": "a",
            "truth": ["calm", "sad"],
            "calm": [0.8, 0.6],
            "sad": [0.2, 0.4],
        }
    )
    # Bins of 0.8 (right) and 0.6 (wrong): (0.2 + 0.6) / 2; -(ln 0.8 + ln 0.4) / 2.
    assert judges.sureness(table) == (
        "expected calibration error 0.400, negative log likelihood 0.57, "
        "mean confidence 0.700, right 0.500"
    )


def test_what_a_judge_does_not_decide_is_refused(run, tmp_path, monkeypatch, capsys):
    words = [str(run.path.parents[1]), "student.filters=8", "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["judges.py", *words])
    with pytest.raises(SystemExit):
        judges.main()
    assert "student.filters=8: is not of the judge alone" in capsys.readouterr().err
