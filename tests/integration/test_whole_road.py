"""The whole road on a little synthetic speech: corpus in, served emotion out."""

import json
import re

import numpy as np
import pytest
import soundfile

from satn_keras import Manifest, Recognizer
from satn_keras.demo.quickstart import quickstart
from satn_keras.errors import ConfigError
from satn_keras.experiments import experiment
from satn_keras.experiments.students import Student

pytestmark = pytest.mark.slow

TINY = (
    *("features.num_mels=17", "features.normalization=training"),
    *("teacher.num_levels=2", "teacher.filters=16", "teacher.attention_units=16"),
    *("teacher.decoder_units=16", "teacher.max_target_length=80"),
    *("teacher_training.epochs=1", "teacher_training.curriculum_epochs=0"),
    *("student.num_levels=2", "student.filters=16", "student.attention_units=16"),
    *("student_training.epochs=1", "transfer.weight=1.0"),
)


@pytest.fixture(scope="module")
def road(tmp_path_factory):
    """Metrics of the quickstart, its folder, and what it said on the way."""
    pytest.importorskip("espeakng_loader")
    out = tmp_path_factory.mktemp("road") / "quickstart"
    said = []
    metrics = quickstart(out, say=said.append, overrides=TINY, num_utterances=48)
    return metrics, out, said


def test_the_road_ends_with_figures_for_every_stage(road):
    metrics, out, said = road
    assert json.loads((out / "metrics.json").read_text()) == metrics
    assert metrics["teacher"]["per"] > 0
    for name in ("student", "student_transfer"):
        run = json.loads((out / name / "metrics.json").read_text())
        assert metrics[name]["ua"] == run["ua"]
        assert 0 <= run["ua"] <= 1
        assert run["transfer_weight"] == (name == "student_transfer")
    assert metrics["export"]["max_abs_difference"] < 1e-5
    assert metrics["seconds"] > 0
    assert len(said) == 5


def test_no_stage_has_heard_a_test_voice(road):
    _, out, _ = road
    splits = [
        json.loads((out / name / "split.json").read_text())
        for name in ("teacher", "student", "student_transfer")
    ]
    tested = {tuple(pair) for pair in splits[0]["speakers"]["test"]}
    assert len(tested) == 2
    for split in splits:
        assert {tuple(pair) for pair in split["speakers"]["test"]} == tested
        for part in ("train", "validation", "teacher"):
            heard = {tuple(pair) for pair in split["speakers"].get(part, [])}
            assert not heard & tested


def test_the_report_shows_figures_that_exist(road):
    metrics, out, _ = road
    text = (out / "report.md").read_text(encoding="utf-8")
    figures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)
    assert len(figures) >= 4
    for figure in figures:
        assert (out / figure).read_bytes().startswith(b"\x89PNG")
    for link in re.findall(r"\]\(([^)]+\.md)\)", text):
        assert (out / link).exists()
    assert f"**{metrics['student_transfer']['ua']:.3f}**" in text


def test_the_exported_model_hears_a_file_of_the_corpus(road):
    metrics, out, _ = road
    utterance = Manifest.read(out / "manifest.csv")[0]
    recognizer = Recognizer(out / "saved_models" / "quickstart")
    assert str(recognizer.folder) == metrics["export"]["path"]
    (prediction,) = recognizer.predict_files([utterance.path])
    samples, rate = soundfile.read(utterance.path, dtype="float32")
    assert rate == recognizer.sample_rate
    (again,) = recognizer.predict([np.float32(samples)])
    assert prediction.probabilities == again.probabilities


def test_the_same_call_trains_nothing_again(road, monkeypatch):
    metrics, out, _ = road

    def train(*args, **kwargs):
        pytest.fail("trained")

    monkeypatch.setattr(experiment, "train_teacher", train)
    monkeypatch.setattr(Student, "train", train)
    again = quickstart(out, say=len, overrides=TINY, num_utterances=48)
    for name in ("teacher", "student", "student_transfer"):
        assert again[name] == metrics[name]


def test_another_recipe_in_the_same_folder_is_refused(road):
    _, out, _ = road
    with pytest.raises(ConfigError, match="holds a run with another recipe"):
        quickstart(
            out,
            say=len,
            overrides=(*TINY, "teacher.dropout=0.5"),
            num_utterances=48,
        )
