"""Student with a linear judge of an utterance's statistics beside it."""

import json

import keras
import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, class_indices
from satn_keras.errors import ConfigError
from satn_keras.experiments import statistics_judge
from satn_keras.experiments.discriminant import discriminant_scores, fit_discriminant
from satn_keras.experiments.experiment import run_student
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.students import Student
from satn_keras.export import Recognizer, export_student
from satn_keras.features import UtteranceStatistics
from satn_keras.pipelines import build_store, read_audio
from tests.experiments.test_experiment import with_values


@pytest.fixture(scope="module")
def doubtful_manifest(small_manifest, tmp_path_factory):
    """Some labels are wrong, so that a judge of strangers errs."""
    frame = Manifest.read(small_manifest).to_frame()
    wrong = np.random.default_rng(1).permutation(len(frame))[: len(frame) // 3]
    frame.loc[wrong, "label"] = np.roll(frame.loc[wrong, "label"], 1)
    path = tmp_path_factory.mktemp("doubtful") / "manifest.csv"
    Manifest.from_frame(frame).write(path)
    return path


@pytest.fixture(scope="module")
def config(small_config, doubtful_manifest):
    return with_values(
        small_config,
        data={"emotions": str(doubtful_manifest), "validation_speakers": 0},
        student={
            "statistics_weight": 0.7,
            "statistics_shrinkage": 0.4,
            "statistics_scaling": "agreement",
            "posterior_calibration": "speakers",
        },
        student_training={
            "epochs": 1,
            "selection": "last",
            "augmentation": {"speeds": [0.9]},
        },
        transfer={"weight": 0.0},
    )


@pytest.fixture(scope="module")
def run(config, tmp_path_factory):
    path = tmp_path_factory.mktemp("judged") / "run"
    run_student(config, path)
    return RunDirectory.open(path)


def part(run, manifest, name):
    split = json.loads((run.path / "split.json").read_text())
    speakers = [speaker for _, speaker in split["speakers"][name]]
    return Manifest.read(manifest).where(speaker=speakers)


def heard(student, manifest, speeds=(1.0,)):
    """Statistics of each utterance, one at a time."""
    store = build_store(manifest, student.front_end, speeds)
    layer = UtteranceStatistics()
    frames = (student.front_end.normalize(row[None]) for row in store.every_row())
    return np.concatenate([np.asarray(layer(row)) for row in frames])


def test_the_training_part_alone_fits_it_at_every_speed(run, doubtful_manifest):
    student = Student.load(run)
    train = part(run, doubtful_manifest, "train")
    values = heard(student, train, (1.0, 0.9))
    labels = np.tile(class_indices(train, student.classes), 2)
    names, speakers = np.unique([one.speaker for one in train], return_inverse=True)
    voices = np.concatenate([speakers, speakers + len(names)])
    expected = fit_discriminant(values, labels, 0.4, voices=voices)
    layer = student.model.get_layer("discriminant")
    for weight, array in zip(layer.weights, expected, strict=True):
        np.testing.assert_allclose(weight, array, rtol=2e-3, atol=2e-3)


def test_posteriors_are_the_product_of_both_judges(run, doubtful_manifest):
    student = Student.load(run)
    test = part(run, doubtful_manifest, "test")
    network = keras.Model(
        student.model.input, student.model.get_layer("posterior").output
    )
    alone = Student(network, student.classes, student.front_end, student.config)
    first = alone.posteriors(test, run)
    scores = np.asarray(student.model.get_layer("discriminant")(heard(student, test)))
    temperature = student.model.get_layer("posterior_product").temperature
    product = softmax((np.log(first) + 0.7 * scores) / temperature, axis=1)
    np.testing.assert_allclose(student.posteriors(test, run), product, atol=1e-4)
    assert np.abs(product - first).max() > 0.01


def test_its_temperature_is_that_of_speakers_left_out(run, doubtful_manifest):
    student = Student.load(run)
    train = part(run, doubtful_manifest, "train")
    values = heard(student, train, (1.0, 0.9))
    labels = np.tile(class_indices(train, student.classes), 2)
    speakers = np.tile([one.speaker for one in train], 2)
    temperature = student.model.get_layer("posterior_product").temperature / 0.7

    def cost(softer):
        logs = []
        for name in np.unique(speakers):
            others, own = speakers != name, speakers == name
            voices = np.unique(speakers[others], return_inverse=True)[1]
            voices = voices + (np.arange(len(speakers)) >= len(train))[others] * 9
            weights = fit_discriminant(
                values[others], labels[others], 0.4, len(student.classes), voices
            )
            scores = discriminant_scores(values[own], weights) / softer
            logs.append(log_softmax(scores, axis=1)[np.arange(own.sum()), labels[own]])
        return -np.concatenate(logs).mean()

    assert len(np.unique(speakers)) > 1
    assert cost(temperature) < min(cost(0.8 * temperature), cost(1.25 * temperature))


@pytest.mark.parametrize(
    ("normalization", "expected"), [("speaker", 3.0), ("none", None)]
)
def test_it_is_calibrated_as_its_posteriors_are_centred(
    config, tmp_path, monkeypatch, normalization, expected
):
    asked = []

    def temperature(fit, labels, speakers, relevance):
        asked.append(relevance)
        return 2.0

    monkeypatch.setattr(statistics_judge, "strangers_temperature", temperature)
    student = {"posterior_normalization": normalization, "posterior_relevance": 3.0}
    by_speaker = {"normalization": "speaker"}
    run_student(with_values(config, student=student, features=by_speaker), tmp_path)
    assert asked == [expected]


def test_a_single_training_speaker_agrees_with_nobody(
    config, doubtful_manifest, tmp_path
):
    manifest = Manifest.read(doubtful_manifest)
    two = manifest.where(speaker=sorted(manifest.speakers)[:2])
    two.write(tmp_path / "two.csv")
    few = with_values(
        config,
        data={"emotions": str(tmp_path / "two.csv"), "test_speakers": 1},
        student={"statistics_weight": 4.0},
    )
    run_student(few, tmp_path / "run")
    run = RunDirectory.open(tmp_path / "run")
    student, train = Student.load(run), part(run, tmp_path / "two.csv", "train")
    assert len(train.speakers) == 1
    assert student.model.get_layer("posterior_product").temperature == 1.0
    values = heard(student, train, (1.0, 0.9))
    labels = np.tile(class_indices(train, student.classes), 2)
    expected = fit_discriminant(values, labels, 0.4, len(student.classes))
    layer = student.model.get_layer("discriminant")
    for weight, array in zip(layer.weights, expected, strict=True):
        np.testing.assert_allclose(weight, array, rtol=2e-3, atol=2e-3)


def test_an_exported_model_has_both(run, doubtful_manifest, tmp_path):
    student = Student.load(run)
    test = part(run, doubtful_manifest, "test")
    parts = student.model, student.front_end, student.classes
    folder = export_student(*parts, tmp_path / "judged")
    waveforms = [read_audio(one.path) for one in test]
    found = [
        list(one.probabilities.values())
        for one in Recognizer(folder).predict(waveforms)
    ]
    np.testing.assert_allclose(found, student.posteriors(test, run), atol=1e-4)


def test_another_student_starts_from_its_network(config, run, small_manifest, tmp_path):
    frame = Manifest.read(small_manifest).to_frame()
    frame["speaker"] = "new " + frame["speaker"]
    Manifest.from_frame(frame).write(tmp_path / "others.csv")
    other = with_values(
        config,
        data={"emotions": str(tmp_path / "others.csv"), "test_speakers": 1},
        student={"statistics_weight": 0.0},
        student_training={"learning_rate": 1e-9},
    )
    run_student(other, tmp_path / "run", initial=run.path)
    begun = Student.load(RunDirectory.open(tmp_path / "run")).model
    for name in ("level_1", "self_attention", "posterior"):
        theirs = Student.load(run).model.get_layer(name).get_weights()
        for mine, weight in zip(
            begun.get_layer(name).get_weights(), theirs, strict=True
        ):
            np.testing.assert_allclose(mine, weight, atol=1e-5)


def test_other_systems_have_no_second_judge(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text("system: {name: acrnn}\nstudent: {statistics_weight: 1.0}\n")
    with pytest.raises(ConfigError, match="`student.statistics_weight` has no effect"):
        ExperimentConfig.from_yaml(path)
