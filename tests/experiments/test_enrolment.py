"""Speakers known by a few unlabelled utterances, which are not scored."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.experiments import emotion_batches as batches_of_emotion
from satn_keras.experiments import experiment
from satn_keras.experiments.cross_validation import CrossValidation, check_plan
from satn_keras.experiments.emotion_batches import emotion_batches
from satn_keras.experiments.enrolment import enrol, enrolling
from satn_keras.experiments.experiment import run_student
from satn_keras.experiments.judging import predict
from satn_keras.experiments.reevaluation import evaluate_run
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.students import Student
from satn_keras.features import FrontEnd
from satn_keras.pipelines import FeatureStore, build_store
from tests.experiments.test_experiment import with_values

CLASSES = ("angry", "happy", "sad")


def recipe(count, seed=1):
    return ExperimentConfig.model_validate(
        {
            "seed": seed,
            "features": {"normalization": "speaker"},
            "protocol": {"enrolment_utterances": count},
        }
    )


def said(speaker, number, dataset="", label="sad"):
    return Utterance(
        f"{dataset}{speaker}{number}", f"{number}.wav", speaker, label, dataset=dataset
    )


PART = Manifest(
    said(speaker, number, dataset)
    for dataset, speaker in (("a", "01"), ("b", "01"), ("b", "02"))
    for number in range(11)
)


def test_each_speaker_is_enrolled_by_so_many_and_the_rest_is_scored():
    part = enrol(PART, recipe(3))
    owners = [(one.dataset, one.speaker) for one in part.enrolled]
    assert {owner: owners.count(owner) for owner in owners} == {
        ("a", "01"): 3,
        ("b", "01"): 3,
        ("b", "02"): 3,
    }
    assert sorted(part.scored.keys + part.enrolled.keys) == sorted(PART.keys)
    assert part.to_dict() == {"utterances": 3, "speakers": 3, "taken_out": 9}


def test_nobody_is_enrolled_where_all_audio_is_known():
    part = enrol(PART, recipe(0))
    assert part.scored is PART and part.enrolled is None and part.to_dict() == {}
    assert enrol(Manifest(), recipe(3)).enrolled is None


def test_the_first_five_are_among_the_first_seven_in_any_order_of_the_part():
    five, seven = (set(enrol(PART, recipe(count)).enrolled.keys) for count in (5, 7))
    backwards = enrol(Manifest(reversed(PART)), recipe(5)).enrolled
    alone = enrol(PART.where(dataset="b"), recipe(5)).enrolled
    assert five < seven and set(backwards.keys) == five
    assert set(alone.keys) == {key for key in five if key.startswith("b")}


def test_another_seed_enrols_others():
    one, other = (enrol(PART, recipe(5, seed)).enrolled.keys for seed in (1, 2))
    assert one != other


def test_labels_have_no_say_and_are_not_handed_on():
    relabelled = Manifest(dataclasses.replace(one, label="angry") for one in PART)
    mine, theirs = enrol(PART, recipe(4)), enrol(relabelled, recipe(4))
    assert mine.enrolled == theirs.enrolled
    assert {one.label for one in mine.enrolled} == {""}
    assert {one.label for one in mine.scored} == {"sad"}


def test_a_speaker_of_too_few_utterances_is_named():
    assert len(enrol(PART, recipe(10)).scored) == 3
    with pytest.raises(
        ProtocolError, match=r"enrolment_utterances: 11 of speaker '01' .* Enrol 10 or"
    ):
        enrol(PART, recipe(11))


@pytest.mark.parametrize(
    ("values", "accepted"),
    [
        ({"features": {"normalization": "speaker"}}, True),
        ({"features": {"normalization": "training"}}, False),
        ({"system": {"name": "acrnn"}, "features": {"normalization": "speaker"}}, True),
        ({"system": {"name": "functionals_svm", "normalization": "speaker"}}, True),
        ({"system": {"name": "functionals_svm"}}, False),
        (
            {"system": {"name": "gmm_hmm"}, "features": {"normalization": "speaker"}},
            False,
        ),
    ],
)
def test_enrolment_is_taken_where_speakers_are_normalised(values, accepted):
    config = ExperimentConfig.model_validate(values)
    if accepted:
        assert enrolling(config, 5).protocol.enrolment_utterances == 5
        return
    with pytest.raises(ConfigError, match="`protocol.enrolment_utterances` introduce"):
        enrolling(config, 5)


def test_statistics_are_those_of_the_enrolled_frames_alone(monkeypatch):
    # Anna's enrolled frames are 1, 5, 3 (mean 3, mean square distance 8 / 3), Bert's
    # 10 and 30 (20, deviation 10); hers of 11 is scored, and his of 40.
    frames = {"a0": (1, 5), "a1": (3,), "a2": (11,), "b0": (10, 30), "b1": (40,)}

    def part_store(manifest, *args):
        rows = [np.asarray(frames[one.key], "float32") for one in manifest]
        lengths = np.asarray([len(row) for row in rows])
        padded = tf.ragged.constant([row.tolist() for row in rows]).to_tensor()
        sizes = tf.constant(lengths)

        def fetch(row):
            return padded[row][: sizes[row]][:, tf.newaxis, tf.newaxis]

        return FeatureStore(manifest, lengths, fetch)

    monkeypatch.setattr(batches_of_emotion, "part_store", part_store)
    enrolled = Manifest([said("a", 0), said("b", 0), said("a", 1)])
    scored = Manifest([said("b", 1), said("a", 2)])
    front_end = FrontEnd(recipe(1).features)
    batcher = emotion_batches(
        scored, None, front_end, recipe(1), None, enrolled=enrolled
    )
    batches, order = batcher.evaluation(2)
    ((inputs, *_),) = batches
    heard = dict(
        zip(
            [scored.keys[row] for row in order],
            np.asarray(inputs["features"]).ravel().tolist(),
            strict=True,
        )
    )
    assert heard["a2"] == pytest.approx((11 - 3) / (8 / 3) ** 0.5, rel=1e-4)
    assert heard["b1"] == pytest.approx((40 - 20) / 10, rel=1e-4)


# Whole runs


@pytest.fixture(scope="module")
def config(small_config):
    return with_values(
        small_config,
        features={"normalization": "speaker"},
        protocol={"enrolment_utterances": 2},
        student={"posterior_normalization": "speaker", "posterior_relevance": 2.0},
        student_training={"epochs": 1},
        transfer={"weight": 0.0},
    )


@pytest.fixture(scope="module")
def run(config, tmp_path_factory):
    path = tmp_path_factory.mktemp("enrolled") / "run"
    run_student(config, path)
    return RunDirectory.open(path)


@pytest.fixture(scope="module")
def tested(small_manifest):
    """The six utterances of the test speaker."""
    return Manifest.read(small_manifest).where(speaker="eva")


def test_enrolled_utterances_are_told_and_not_scored(run, tested):
    split, metrics = run.read_json("split.json"), run.read_json("metrics.json")
    enrolled = split["enrolled"]
    assert len(enrolled["test"]) == len(enrolled["validation"]) == 2
    assert all(key.startswith("dirk") for key in enrolled["validation"])
    for name, part in (("", "test"), ("_validation", "validation")):
        keys = set(pd.read_csv(run.path / f"predictions{name}.csv")["key"])
        assert len(keys) == 4 and keys == set(split[part]) - set(enrolled[part])
    assert metrics["enrolment"] == {"utterances": 2, "speakers": 1, "taken_out": 2}
    assert metrics["num_utterances"] == 4 and len(split["test"]) == 6
    report = (run.path / "report.md").read_text()
    assert "known by 2 unlabelled utterances each, not scored (2 in all)" in report


def test_posteriors_are_those_of_numpy_s_statistics_of_the_enrolled(run, tested):
    student = Student.load(run)
    part = enrol(tested, student.config)
    rows = list(build_store(part.enrolled, student.front_end).every_row())
    frames = np.concatenate(rows).astype("float64")
    mean, deviation = frames.mean(axis=0), frames.std(axis=0)

    def logarithms(features):
        heard = ((features - mean) / (deviation + 1e-5))[np.newaxis]
        inputs = {"features": heard, "mask": np.ones(heard.shape[:2], bool)}
        return np.log(np.asarray(student.model(inputs))[0])

    center = np.asarray(run.read_json("posterior_mean.json"))
    # Two are enrolled, so that at a relevance of two their mean counts by half.
    offset = (center - np.mean([logarithms(row) for row in rows], axis=0)) / 2
    scored = build_store(part.scored, student.front_end).every_row()
    shares = np.exp([logarithms(row) + offset for row in scored])
    expected = shares / shares.sum(axis=1, keepdims=True)
    found = student.posteriors(part.scored, run, part.enrolled)
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_what_is_scored_beside_an_utterance_changes_nothing_of_it(run, tested):
    student = Student.load(run)
    part = enrol(tested, student.config)
    whole = student.posteriors(part.scored, run, part.enrolled)
    alone = Manifest([part.scored[2]])
    found = student.posteriors(alone, run, part.enrolled)
    np.testing.assert_allclose(found[0], whole[2], atol=1e-6)
    assert np.abs(student.posteriors(part.scored, run) - whole).max() > 1e-3


def test_labels_of_the_enrolled_change_no_decision(run, tested):
    student = Student.load(run)
    enrolled = set(enrol(tested, student.config).enrolled.keys)
    wrong = Manifest(
        dataclasses.replace(one, label="angry") if one.key in enrolled else one
        for one in tested
    )
    pd.testing.assert_frame_equal(
        predict(student, tested, run), predict(student, wrong, run)
    )


def test_a_trained_run_is_scored_with_any_number(run, small_manifest):
    words = ["evaluate", str(run.path), "--json", "--enrolment"]
    answer = CliRunner().invoke(app, [*words, "5"])
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["num_utterances"] == 1
    assert "by 5 unlabelled utterances each, not scored (5 in all)" in answer.stderr
    scores, _, notes = evaluate_run(run.path)
    assert scores.num_utterances == 4 and "by 2 unlabelled" in notes[0]
    assert evaluate_run(run.path, enrolment=0)[0].num_utterances == 6


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("teacher_run", "--enrolment: a teacher is heard by all of a speaker's audio"),
        ("student_run", "`protocol.enrolment_utterances` introduce speakers to what"),
    ],
)
def test_what_has_no_use_for_an_enrolment_says_so(kind, message, request):
    path = request.getfixturevalue(kind)
    answer = CliRunner().invoke(app, ["evaluate", str(path), "--enrolment", "1"])
    assert answer.exit_code == 2 and message in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_too_few_utterances_are_told_before_any_training(config, tmp_path, monkeypatch):
    many = with_values(config, protocol={"enrolment_utterances": 6})
    monkeypatch.setattr(experiment, "system_class", lambda *_: pytest.fail("trained"))
    with pytest.raises(ProtocolError, match="there are 6 in all. Enrol 5 or fewer"):
        run_student(many, tmp_path / "run")
    with pytest.raises(ProtocolError, match="there are 6 in all. Enrol 5 or fewer"):
        check_plan(CrossValidation(many, tmp_path / "crossed"))
    assert not (tmp_path / "run").exists()
