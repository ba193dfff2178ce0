"""Trained folds scored with speakers known by few utterances."""

import numpy as np
import pytest

from benchmarks import enrolment
from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ProtocolError
from satn_keras.experiments.experiment import run_student
from satn_keras.experiments.reevaluation import split_part
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.splits import labelled_manifest
from satn_keras.experiments.students import trained_student
from satn_keras.pipelines import build_store
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


def part(run, name):
    return split_part(run, labelled_manifest(run.config)[0], name)


def heard(run, *words):
    """Posteriors of single utterances, each known by another one and by itself."""
    config = ExperimentConfig.from_yaml(run.path / "config.yaml", words)
    student = trained_student(run, config, part(run, "train"))
    test = part(run, "test")
    scored, enrolled = enrolment.handfuls(test, np.arange(len(test)), 1)
    return student.posteriors(scored, run, enrolled), student.posteriors(scored, run)


def test_one_utterance_that_is_all_of_its_speaker_is_the_prior_itself(run):
    # Centred by itself alone, every utterance has the same posterior.
    others, own = heard(run)
    np.testing.assert_allclose(own, np.tile(own[:1], (len(own), 1)), atol=1e-6)
    assert np.abs(others - own).max() > 1e-3
    found = enrolment.scored_run(run, run.config, [1])
    assert found["1 own"] == pytest.approx(1 / own.shape[1])


def test_with_a_prior_without_end_nobody_is_known(run):
    others, own = heard(
        run, "features.speaker_prior_seconds=1e9", "student.posterior_relevance=1e9"
    )
    np.testing.assert_allclose(others, own, atol=1e-5)
    assert np.abs(own - own[:1]).max() > 1e-3


def test_the_prior_is_of_the_training_part(run):
    words = ["features.speaker_prior_seconds=2"]
    config = ExperimentConfig.from_yaml(run.path / "config.yaml", words)
    train = part(run, "train")
    student = trained_student(run, config, train)
    frames, mean, _ = student.front_end.speaker_prior
    assert frames == 200  # of 10 ms
    voices = build_store(train, student.front_end).voice_statistics()
    np.testing.assert_allclose(mean, voices[:, 0].mean(axis=0), rtol=1e-4)


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


@pytest.mark.parametrize("count", [0, 3])
def test_who_has_too_few_utterances_for_two_handfuls_is_named(count):
    manifest = Manifest(
        Utterance(f"a{i}", f"a{i}.wav", "anna", label="calm") for i in range(5)
    )
    with pytest.raises(ProtocolError, match=f"--known {count}: .*anna has 5"):
        enrolment.handfuls(manifest, np.arange(5), count)


def test_what_needs_a_training_is_refused(run, monkeypatch, capsys):
    words = [str(run.path.parents[1]), "student.filters=8", "--known", "1"]
    monkeypatch.setattr("sys.argv", ["enrolment.py", *words])
    with pytest.raises(SystemExit):
        enrolment.main()
    assert "student.filters=8: needs a training" in capsys.readouterr().err
