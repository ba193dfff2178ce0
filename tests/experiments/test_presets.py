"""The models that come with the package."""

import json
import pathlib

import numpy as np
import pytest
import soundfile
import yaml
from typer.testing import CliRunner

from satn_keras import Recognizer, from_preset
from satn_keras.cli.main import app
from satn_keras.experiments.heard import heard_by
from satn_keras.experiments.presets import exported_model, preset_folder, presets
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.teachers import Teacher
from tests.support.sounds import vowel

EMOTIONS = ("anger", "fear", "happiness", "neutral", "sadness", "surprised")
SPEAKERS = ["EB0", "IC0", "MK0", "MP0", "SM0", "TP0"]
MOST_BYTES = 10_000_000
TEACHERS = [
    name for name in presets() if (preset_folder(name) / "teacher.keras").exists()
]


def test_they_are_small_enough_to_come_along():
    assert {"satn-an4", "satn-nemo", "satn-nemo-speaker"} <= set(presets())
    files = [path for name in presets() for path in preset_folder(name).rglob("*")]
    assert sum(path.stat().st_size for path in files if path.is_file()) < MOST_BYTES


@pytest.mark.parametrize("name", ["satn-nemo", "satn-nemo-speaker"])
def test_each_says_who_trained_it_and_under_which_licence(name):
    folder = preset_folder(name)
    speakers = json.loads((folder / "split.json").read_text())["speakers"]
    assert [speaker for _, speaker in speakers["train"]] == SPEAKERS
    assert speakers["test"] == speakers["validation"] == []
    assert "CC BY-NC-SA 4.0" in (folder / "README.md").read_text()
    data = yaml.safe_load((folder / "config.yaml").read_text())["data"]
    assert data["emotions"] is data["features"] is data["transcripts"] is None
    assert from_preset(name).classes == EMOTIONS
    assert from_preset(name).num_parameters < 2_000_000


@pytest.mark.parametrize("name", TEACHERS)
def test_a_teacher_among_them_says_whom_it_has_heard(name):
    teacher = from_preset(name)
    assert isinstance(teacher, Teacher)
    data = teacher.config.data
    assert data.emotions is data.features is data.transcripts is None
    heard = {speaker for _, speaker in heard_by(RunDirectory.open(name))}
    assert heard and heard.isdisjoint(SPEAKERS)  # so that it can teach on nEMO
    assert (preset_folder(name) / "README.md").exists()
    assert "Copyright (c)" in (preset_folder(name) / "LICENSE").read_text()


def test_a_teacher_s_own_test_part_stays_with_its_corpus():
    answer = CliRunner().invoke(app, ["evaluate", "satn-an4"])
    assert answer.exit_code == 2
    assert "did not come along. Give speech of other speakers" in answer.stderr


def test_no_student_continues_a_teacher(small_manifest, tmp_path):
    words = ["train", f"data.emotions={small_manifest}", "--init", "satn-an4"]
    answer = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "run")])
    assert answer.exit_code == 2
    assert "satn-an4: a teacher, which no student continues" in answer.stderr


def test_the_exported_model_is_the_student():
    student, waveform = from_preset("satn-nemo"), vowel()
    features, mask = student.front_end(waveform[np.newaxis])
    posterior = student.model({"features": features, "mask": mask})[0]
    prediction = Recognizer(exported_model()).predict([waveform])[0]
    found = [prediction.probabilities[name] for name in EMOTIONS]
    np.testing.assert_allclose(found, posterior, atol=1e-4)


def test_any_file_is_answered_without_a_model_s_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    soundfile.write("vowel.flac", vowel(), 16000)
    answer = CliRunner().invoke(app, ["predict", "vowel.flac", "--json"])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    assert said["path"] == "vowel.flac" and said["label"] in EMOTIONS
    assert sum(said["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_a_folder_comes_before_a_preset_of_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pathlib.Path("satn-nemo").mkdir()
    assert exported_model("satn-nemo") == pathlib.Path("satn-nemo")
    assert exported_model("elsewhere") == pathlib.Path("elsewhere")
