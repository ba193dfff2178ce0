"""Trained folds scored with speakers known by few utterances."""

import numpy as np
import pytest

from benchmarks import enrolment
from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, Utterance
from satn_keras.experiments.experiment import run_student
from satn_keras.experiments.run_directory import RunDirectory
from tests.experiments.test_experiment import with_values


@pytest.fixture(scope="module")
def run(small_config, tmp_path_factory):
    """One fold of a cross-validation that knows its speakers."""
    config = with_values(
        small_config,
        data={"validation_speakers": 0},
        features={"normalization": "speaker"},
        student={"posterior_normalization": "speaker"},
        student_training={"epochs": 1, "selection": "last"},
        transfer={"weight": 0.0},
    )
    path = tmp_path_factory.mktemp("crossed") / "seed-1" / "fold"
    run_student(config, path)
    return RunDirectory.open(path)


def test_all_is_what_the_run_says(run):
    found = enrolment.scored_run(run, run.config, [2])
    assert list(found) == ["all", "2 others", "2 own"]
    assert found["all"] == pytest.approx(run.read_json("metrics.json")["ua"])


def test_one_utterance_that_is_all_of_its_speaker_is_the_prior_itself(run):
    # Centred by itself alone, every utterance has the same posterior.
    found = enrolment.scored_run(run, run.config, [1])
    classes = len(run.read_json("labels.json"))
    assert found["1 own"] == pytest.approx(1 / classes)


def test_with_a_prior_without_end_nobody_is_known(run, small_manifest):
    words = "features.speaker_prior_seconds=1e9", "student.posterior_relevance=1e9"
    config = ExperimentConfig.from_yaml(run.path / "config.yaml", words)
    found = enrolment.scored_run(run, config, [1])
    assert len(set(found.values())) == 1


def test_handfuls_are_known_by_the_next_and_each_utterance_twice_in_all():
    manifest = Manifest(
        Utterance(f"{name}{i}", f"{name}{i}.wav", name, label="calm")
        for name in ("a", "b")
        for i in range(5)
    )
    order = np.arange(10)[::-1]
    scored, enrolled = enrolment.handfuls(manifest, order, 2)
    assert sorted(scored.keys) == sorted(enrolled.keys) == sorted(manifest.keys)
    of = {one.key: one.speaker for one in scored}
    known_as = {one.key: one.speaker for one in enrolled}
    assert of["a4"] == of["a3"] == of["a2"] == "a 0" and of["a1"] == of["a0"] == "a 1"
    assert known_as["a4"] == "a 1" and known_as["a1"] == known_as["a0"] == "a 0"
    assert of["b4"] == "b 0"


def test_what_needs_a_training_is_refused(run, monkeypatch, capsys):
    words = [str(run.path.parents[1]), "student.filters=8", "--known", "1"]
    monkeypatch.setattr("sys.argv", ["enrolment.py", *words])
    with pytest.raises(SystemExit):
        enrolment.main()
    assert "student.filters=8: needs a training" in capsys.readouterr().err
