"""Models that every speaker trained, found by name, and training that starts there."""

import json
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from satn_keras import from_preset
from satn_keras.cli.main import app
from satn_keras.corpora import Manifest
from satn_keras.errors import ArtifactError, ConfigError, ProtocolError
from satn_keras.experiments import presets
from satn_keras.experiments.experiment import run_student
from satn_keras.experiments.reevaluation import evaluate_run
from satn_keras.experiments.rewriting import rewrite_reports
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.students import Student
from satn_keras.experiments.teachers import Teacher
from tests.experiments.test_experiment import with_values

EVERYONE = ["anna", "bert", "cora", "dirk", "eva"]


@pytest.fixture(scope="module")
def config(small_config):
    """The small recipe for all speakers, without transfer."""
    return with_values(
        small_config,
        data={"validation_speakers": 0, "test_speakers": 0},
        features={"normalization": "speaker"},
        student={"posterior_normalization": "speaker"},
        student_training={"epochs": 1, "selection": "last"},
        transfer={"weight": 0.0},
    )


@pytest.fixture(scope="module")
def run(config, tmp_path_factory):
    path = tmp_path_factory.mktemp("everyone") / "run"
    run_student(config, path)
    return path


@pytest.fixture(scope="module")
def home(run, teacher_run, tmp_path_factory):
    """Folder of presets: the student as `small`, the teacher as `small-teacher`."""
    folder = tmp_path_factory.mktemp("saved_models")
    shutil.copytree(run, folder / "small")
    shutil.copytree(teacher_run, folder / "small-teacher")
    answer = CliRunner().invoke(
        app, ["export", str(run), "--name", "small", "--folder", str(folder)]
    )
    assert answer.exit_code == 0, answer.output
    return folder


@pytest.fixture
def known(home, monkeypatch):
    monkeypatch.setattr(presets, "_HOMES", (home,))
    monkeypatch.setattr(presets, "DEFAULT", "small")
    return home


@pytest.fixture
def others(small_manifest, tmp_path):
    """Manifest of the same sounds under other speakers' names."""
    frame = Manifest.read(small_manifest).to_frame()
    frame["speaker"] = "new " + frame["speaker"]
    Manifest.from_frame(frame).write(tmp_path / "others.csv")
    return tmp_path / "others.csv"


def names(run, part):
    split = json.loads((run / "split.json").read_text())
    return [name for _, name in split["speakers"].get(part, [])]


def test_every_speaker_trains_where_none_is_tested(run):
    assert names(run, "train") == EVERYONE
    assert names(run, "test") == names(run, "validation") == []
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["untested"] is True and "ua" not in metrics
    assert not (run / "predictions.csv").exists()
    with pytest.raises(ArtifactError, match="nothing was measured"):
        rewrite_reports(run)


def test_it_is_scored_on_other_speakers_alone(run, others, small_manifest):
    scores, _, _ = evaluate_run(run, others)
    assert scores.num_utterances == len(Manifest.read(others))
    with pytest.raises(ProtocolError, match="has no test part. Give other speakers"):
        evaluate_run(run)
    with pytest.raises(ProtocolError, match="a score on them says nothing"):
        evaluate_run(run, small_manifest)


def test_posteriors_have_the_training_part_s_mean_for_every_speaker(run, others):
    student = Student.load(RunDirectory.open(run))
    manifest = Manifest.read(others)
    logs = np.log(student.posteriors(manifest, RunDirectory(run)))
    center = np.asarray(json.loads((run / "posterior_mean.json").read_text()))
    for speaker in manifest.speakers:
        rows = [one.speaker == speaker for one in manifest]
        found = logs[rows].mean(axis=0) - center
        np.testing.assert_allclose(found, found.mean(), atol=1e-5)


def test_a_preset_is_loaded_by_its_name(known, run):
    assert presets.presets() == ("small", "small-teacher")
    student = from_preset("small")
    assert isinstance(student, Student)
    assert isinstance(from_preset("small-teacher"), Teacher)
    waveform = np.random.default_rng(1).normal(size=(1, 8000)).astype("float32")
    features, mask = student.front_end(waveform)
    posterior = student.model({"features": features, "mask": mask})
    assert posterior.shape == (1, len(student.classes))
    same = from_preset(run).model({"features": features, "mask": mask})
    np.testing.assert_array_equal(posterior, same)
    with pytest.raises(ArtifactError, match="unknown: no tr.* small, small-teacher"):
        from_preset("unknown")


def test_files_are_heard_by_the_preset_where_no_model_is_named(known, small_manifest):
    path = str(Manifest.read(small_manifest)[0].path)
    default = CliRunner().invoke(app, ["predict", path, "--json"])
    assert default.exit_code == 0, default.output
    for model in ("small", str(known / "small"), str(known / "small" / "1")):
        named = CliRunner().invoke(app, ["predict", path, "--json", "--model", model])
        assert named.stdout == default.stdout
    assert set(json.loads(default.stdout)["probabilities"]) == {"angry", "happy", "sad"}


def test_a_preset_is_scored_by_its_name(known, others):
    words = ["evaluate", "small", "--manifest", str(others), "--json"]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["ua"] == evaluate_run("small", others)[0].ua


def test_training_starts_from_a_preset(known, config, others, tmp_path):
    tuned = with_values(
        config,
        data={"emotions": str(others), "test_speakers": ["new eva"]},
        student_training={"learning_rate": 1e-12},
    )
    run_student(tuned, tmp_path / "tuned", initial="small")
    started = from_preset(tmp_path / "tuned").model.trainable_variables
    for ours, theirs in zip(
        started, from_preset("small").model.trainable_variables, strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    assert names(tmp_path / "tuned", "initial") == EVERYONE


def test_a_student_copies_a_teacher_by_its_name(
    known, small_recipe, others, teacher_run, tmp_path
):
    words = ["train", str(small_recipe), f"data.emotions={others}"]
    words += ["data.test_speakers=['new eva']", "data.validation_speakers=1"]
    words += ["student_training.epochs=1", "--out", str(tmp_path / "run")]
    answer = CliRunner().invoke(app, [*words, "--teacher", "small-teacher"])
    assert answer.exit_code == 0, answer.output
    split = json.loads((tmp_path / "run" / "split.json").read_text())
    teacher = RunDirectory.open(teacher_run)
    assert split["teacher"] == teacher.fingerprint("teacher.keras")
    assert "transfer_loss" in (tmp_path / "run" / "history.csv").read_text()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("small", "small: no trained teacher here (teacher.keras is missing)"),
        ("nobody", "nobody: no run here"),
    ],
)
def test_what_is_no_teacher_is_one_line(known, small_recipe, tmp_path, name, message):
    words = ["train", str(small_recipe), "--teacher", name, "--out", str(tmp_path)]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 2 and message in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_other_classes_leave_the_last_layer_as_it_was_drawn(
    known, config, others, tmp_path
):
    tuned = with_values(
        config,
        data={"emotions": str(others), "classes": ["happy", "sad"]},
        student_training={"learning_rate": 1e-12},
    )
    frame = Manifest.read(others).to_frame()
    two = Manifest.from_frame(frame[frame["label"] != "angry"])
    two.write(tmp_path / "two.csv")
    tuned = with_values(tuned, data={"emotions": str(tmp_path / "two.csv")})
    run_student(tuned, tmp_path / "tuned", initial="small")
    ours, theirs = from_preset(tmp_path / "tuned").model, from_preset("small").model
    level = ours.get_layer("level_1"), theirs.get_layer("level_1")
    for one, other in zip(*(each.trainable_variables for each in level), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert ours.output_shape == (None, 2)


def test_a_start_that_does_not_fit_is_refused(known, config, others, tmp_path):
    config = with_values(config, data={"emotions": str(others)})
    wider = with_values(config, student={"filters": 16})
    with pytest.raises(ConfigError, match="level_1 has other sizes"):
        run_student(wider, tmp_path / "run", initial="small")
    deaf = with_values(
        config,
        features={"normalization": "utterance"},
        student={"posterior_normalization": "none"},
    )
    with pytest.raises(ConfigError, match="features.normalization: 'utterance', but"):
        run_student(deaf, tmp_path / "run", initial="small")
    assert not (tmp_path / "run").exists()


def test_a_start_that_heard_a_test_speaker_is_refused(known, config, tmp_path):
    tested = with_values(config, data={"test_speakers": ["eva"]})
    with pytest.raises(ProtocolError, match=r"trained or selected on test.*\(eva\)"):
        run_student(tested, tmp_path / "run", initial="small")
    assert not (tmp_path / "run").exists()
