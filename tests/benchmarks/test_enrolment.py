"""Trained folds scored with speakers known by few utterances."""

import pytest

from benchmarks import enrolment
from satn_keras.corpora import Manifest
from satn_keras.evaluation import score
from satn_keras.experiments.enrolment import enrol, enrolling
from satn_keras.experiments.experiment import run_student
from satn_keras.experiments.predictions import posterior_table, truth_and_posteriors
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.students import Student
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


def test_with_all_relevance_elsewhere_posteriors_stay_uncentred(run, small_manifest):
    (few, ua), (every, _) = enrolment.scored_run(
        run, [2], ["student.posterior_relevance=1e9"]
    )
    assert (few, every) == (2, 0)
    student = Student.load(run)
    tested = Manifest.read(small_manifest).where(speaker="eva")
    part = enrol(tested, enrolling(student.config, 2))
    alone = student.posteriors_alone(part.scored, run, part.enrolled)
    table = posterior_table(alone, part.scored, student.classes)
    scores = score(*truth_and_posteriors(table, student.classes), student.classes)
    assert ua == pytest.approx(scores.ua)


def test_what_needs_a_training_is_refused(run, monkeypatch, capsys):
    words = [str(run.path.parents[1]), "student.filters=8", "--enrol", "1"]
    monkeypatch.setattr("sys.argv", ["enrolment.py", *words])
    with pytest.raises(SystemExit):
        enrolment.main()
    assert "student.filters=8: needs a training" in capsys.readouterr().err
