"""Prediction by Beam: what the recogniser says of each file, and no file lost."""

import json
import pathlib
import pickle

import keras
import numpy as np
import pytest
import soundfile

from satn_keras.beam import FilePrediction, predict_files
from satn_keras.beam.prediction_shards import PredictionShards
from satn_keras.config import FeatureConfig, StudentConfig
from satn_keras.errors import ArtifactError, AudioError
from satn_keras.export import Recognizer, export_student
from satn_keras.features import FrontEnd
from satn_keras.models import build_student
from tests.support.sounds import vowel

CLASSES = ("angry", "happy", "sad")
SHARDS = 3


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Exported student of fresh weights."""
    keras.utils.set_random_seed(7)
    config = StudentConfig(num_levels=1, filters=4, attention_units=4)
    student = build_student(len(CLASSES), config, bands=5)
    front_end = FrontEnd(FeatureConfig(num_mels=5, normalization="utterance"))
    folder = tmp_path_factory.mktemp("models") / "fresh"
    export_student(student, front_end, CLASSES, folder)
    return folder


@pytest.fixture
def paths(tmp_path):
    """Ten sounds of several lengths and rates, one name with other letters."""
    names = [f"{number}.wav" for number in range(9)] + ["zażółć.flac"]
    for number, name in enumerate(names):
        rate = (16000, 24000)[number % 2]
        sound = vowel(0.1 + 0.07 * number, sample_rate=rate, pitch=100 + 9 * number)
        soundfile.write(tmp_path / name, sound, rate)
    return [str(tmp_path / name) for name in names]


def predict(paths, model, folder):
    return predict_files(FilePrediction(paths, model, folder, SHARDS))


def lines_in(folder):
    """Predictions of all shards, by path."""
    lines = [
        json.loads(line)
        for shard in sorted(folder.glob("predictions-*.jsonl"))
        for line in shard.read_text(encoding="utf-8").splitlines()
    ]
    found = {line["path"]: line for line in lines}
    assert len(found) == len(lines)
    return found


def test_each_file_gets_what_the_recogniser_says(model, paths, tmp_path):
    index = predict([*paths, paths[0]], model, tmp_path / "out")  # one named twice
    found = lines_in(tmp_path / "out")
    assert index["files"] == index["predictions"] == len(found) == len(paths)
    assert sum(shard["predictions"] for shard in index["shards"]) == len(paths)
    for expected in Recognizer(model).predict_files(paths):
        line = found[expected.path]
        assert list(line) == ["path", "label", "score", "probabilities"]
        assert line["label"] == expected.label
        np.testing.assert_allclose(
            list(line["probabilities"].values()),
            list(expected.probabilities.values()),
            rtol=0,
            atol=1e-6,
        )
    written = json.loads((tmp_path / "out" / "index.json").read_text(encoding="utf-8"))
    assert written == index
    assert not (tmp_path / "out" / "faults.jsonl").exists()


def test_files_that_cannot_be_read_are_listed_with_the_reason(model, paths, tmp_path):
    pathlib.Path(paths[3]).write_text("no sound")
    paths = [*paths, str(tmp_path / "none.wav")]
    index = predict(paths, model, tmp_path / "out")
    assert (index["files"], index["predictions"], index["faults"]) == (11, 9, 2)
    text = (tmp_path / "out" / "faults.jsonl").read_text(encoding="utf-8")
    faults = {one["path"]: one["fault"] for one in map(json.loads, text.splitlines())}
    assert set(faults) == {paths[3], paths[-1]}
    assert "must be WAV" in faults[paths[3]] and "no such" in faults[paths[-1]]
    assert set(lines_in(tmp_path / "out")) == set(paths) - set(faults)


def test_a_file_too_long_for_the_memory_is_lost_alone(
    model, paths, tmp_path, monkeypatch
):
    predict_batch = Recognizer.predict

    def predict_little(self, waveforms):
        if max(map(len, waveforms)) > 0.7 * self.sample_rate:  # the last one is
            raise AudioError("too long. Cut it into pieces.")
        return predict_batch(self, waveforms)

    monkeypatch.setattr(Recognizer, "predict", predict_little)
    assert predict(paths, model, tmp_path / "out")["faults"] == 1
    assert set(lines_in(tmp_path / "out")) == set(paths[:-1])
    (line,) = (tmp_path / "out" / "faults.jsonl").read_text().splitlines()
    assert json.loads(line)["fault"] == f"{paths[-1]}: too long. Cut it into pieces."


def test_a_broken_run_goes_on_and_a_mended_file_is_predicted(
    model, paths, tmp_path, monkeypatch
):
    out, made, make = tmp_path / "out", [], PredictionShards.make

    def crashing(self, items, path):
        if made:
            raise RuntimeError("the power went")
        made.append(path)
        return make(self, items, path)

    bad = paths[4]
    sound = pathlib.Path(bad).read_bytes()
    pathlib.Path(bad).write_text("no sound")
    with monkeypatch.context() as patched:
        patched.setattr(PredictionShards, "make", crashing)
        with pytest.raises(ArtifactError, match="the power went"):
            predict(paths, model, out)
    time = made[0].stat().st_mtime_ns
    assert predict(paths, model, out)["faults"] == 1
    assert made[0].stat().st_mtime_ns == time
    pathlib.Path(bad).write_bytes(sound)
    index = predict(paths, model, out)
    assert index["faults"] == 0 and set(lines_in(out)) == set(paths)
    assert not (out / "faults.jsonl").exists()


def test_a_model_that_is_not_there_is_named(paths, tmp_path):
    with pytest.raises(ArtifactError, match="no exported model here"):
        predict(paths, tmp_path / "none", tmp_path / "out")


def test_the_model_stays_behind_when_the_work_travels(model):
    worker = PredictionShards(str(model / "1"), "print")
    worker.start()
    again = pickle.loads(pickle.dumps(worker))
    assert again == worker and not hasattr(again, "_recognizer")
