"""Training refuses what an audit calls an error, and lists what it leaves out."""

import json
import os

import numpy as np
import pytest
import soundfile

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, validate
from satn_keras.errors import AudioError, ConfigError, ManifestError
from satn_keras.experiments.audits import heard_files
from satn_keras.experiments.audits.door import refuse_errors
from satn_keras.experiments.audits.heard_files import heard_sounds, store_of
from satn_keras.experiments.beginning import begun
from satn_keras.experiments.splits import (
    describe_split,
    dropped_by,
    student_fold,
    with_absolute_paths,
)
from tests.support.faulty_corpus import RATE, honest, noise, write


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    """Each test as a process of its own."""
    monkeypatch.setattr(heard_files, "_known", {})


@pytest.fixture
def corpus(tmp_path):
    """Function from more utterances to the path of a manifest with them."""

    def make(*more):
        path = tmp_path / "m.csv"
        Manifest([*honest(tmp_path / "audio"), *more]).write(path)
        return path

    return make


def silent(folder, key="quiet"):
    folder.mkdir(exist_ok=True)
    return write(folder, key, np.zeros(RATE, "float32"), "anna", "sad")


def recipe(path, **data):
    split = {"test_speakers": ["cora"], "validation_speakers": ["bert"]}
    return ExperimentConfig(data={"emotions": str(path), **split, **data})


def test_an_honest_manifest_comes_in(corpus):
    fold, classes = student_fold(recipe(corpus()))
    assert classes == ("angry", "happy", "sad")
    assert len(fold.train) == 12


def test_a_silent_file_is_refused_with_the_way_out(corpus, tmp_path):
    path = corpus(silent(tmp_path / "audio"))
    with pytest.raises(AudioError) as refusal:
        student_fold(recipe(path))
    line = str(refusal.value)
    assert "\n" not in line and "quiet.wav: silent." in line
    assert f"{path} has errors (1 silent) in 37 utterances" in line
    assert f"`satn validate {path} --out audit`" in line
    assert "data.drop=audit/drop.txt" in line


def test_a_copy_under_another_speaker_is_refused(corpus, tmp_path):
    first = honest(tmp_path / "audio")[0]
    samples, _ = soundfile.read(first.path, dtype="float32")
    copy = write(tmp_path / "audio", "copy", samples, "bert", "angry")
    with pytest.raises(ManifestError, match=r"'copy': the same sound by the speakers"):
        student_fold(recipe(corpus(copy)))


def test_what_is_dropped_is_neither_heard_nor_silent(corpus, tmp_path):
    path = corpus(silent(tmp_path / "audio"))
    config = recipe(path, drop=["quiet", "anna_sad_1"])
    fold, _ = student_fold(config)
    assert len(fold.train) == 11
    split = describe_split(fold, config)
    assert split["dropped"] == ["anna_sad_1", "quiet"]
    assert [(one["key"], one["errors"]) for one in dropped_by(config, "emotions")] == [
        ("anna_sad_1", []),
        ("quiet", ["silent"]),
    ]
    split["task"] = "student"
    with begun(tmp_path / "run", config, split, {}) as run:
        (_, last) = json.loads((run.path / "dropped.json").read_text())
        assert last["path"].endswith("quiet.wav")


def test_a_recipe_that_drops_nothing_says_nothing_of_it(corpus):
    config = recipe(corpus())
    assert "dropped" not in describe_split(student_fold(config)[0], config)
    assert dropped_by(config, "emotions") == []


def test_keys_to_drop_may_stand_in_a_file(corpus, tmp_path, monkeypatch):
    path = corpus(silent(tmp_path / "audio"))
    (tmp_path / "drop.txt").write_text("quiet\n\n anna_sad_2 \n")
    monkeypatch.chdir(tmp_path)
    config = with_absolute_paths(recipe(path, drop="drop.txt"))
    monkeypatch.chdir("/")
    assert len(student_fold(config)[0].train) == 11


@pytest.mark.parametrize(
    ("drop", "error", "text"),
    [
        (["nobody"], ConfigError, "no utterance has the key 'nobody'"),
        ("none.txt", ConfigError, "none.txt must be a text file of one key a line"),
    ],
)
def test_a_key_or_a_file_that_is_not_there_is_an_error(corpus, drop, error, text):
    with pytest.raises(error, match=text):
        student_fold(recipe(corpus(), drop=drop))


def test_dropping_everything_is_an_error(corpus):
    path = corpus()
    with pytest.raises(ManifestError, match="leaves none of 36 utterances"):
        student_fold(recipe(path, drop=list(Manifest.read(path).keys)))


def test_files_are_heard_once_and_again_when_they_change(corpus, monkeypatch):
    path = corpus()
    manifest, heard, listen = Manifest.read(path), [], heard_files.listen

    def count(utterances, **options):
        heard.append([one.key for one in utterances])
        return listen(utterances, **options)

    monkeypatch.setattr(heard_files, "listen", count)
    first = heard_sounds(manifest, path)
    heard_files._known.clear()  # another process
    assert heard_sounds(manifest, path) == first
    assert [len(keys) for keys in heard] == [36, 0]
    soundfile.write(manifest[5].path, noise(7, 0.5), RATE)
    assert heard_sounds(manifest, path)[5].seconds == pytest.approx(0.5)
    assert heard[2] == [manifest[5].key]
    os.unlink(manifest[5].path)
    assert heard_sounds(manifest, path)[5].rule == "missing_file"


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1, "files": [["a"]]}'])
def test_a_damaged_store_is_as_good_as_none(corpus, text):
    path = corpus()
    store_of(path).write_text(text)
    refuse_errors(Manifest.read(path), path)
    assert len(json.loads(store_of(path).read_text())["files"]) == 36


def test_a_folder_that_cannot_be_written_keeps_nobody_out(corpus, monkeypatch):
    def refuse(*_):
        raise OSError("read-only file system")

    path = corpus()
    monkeypatch.setattr(heard_files, "replace_text", refuse)
    refuse_errors(Manifest.read(path), path)
    assert not store_of(path).exists()


def test_the_audit_of_prepared_features_stands_for_reading_the_files(
    corpus, tmp_path, monkeypatch
):
    path = corpus(silent(tmp_path / "audio"))
    manifest = Manifest.read(path)
    audit = validate(manifest).to_dict()
    monkeypatch.setattr(heard_files, "listen", None)  # nothing may be heard
    index = tmp_path / "features" / "index.json"
    index.parent.mkdir()
    index.write_text(json.dumps({"audit": audit}))
    with pytest.raises(AudioError, match=r"quiet\.wav: silent"):
        refuse_errors(manifest, path, features=index.parent)
    refuse_errors(manifest, path, ["quiet"], index.parent)


@pytest.mark.parametrize("text", ["", "[]", '{"audit": {"errors": []}}'])
def test_prepared_features_without_such_an_audit_have_their_files_read(
    corpus, tmp_path, text
):
    path = corpus(silent(tmp_path / "audio"))
    (tmp_path / "index.json").write_text(text)
    with pytest.raises(AudioError, match=r"quiet\.wav: silent"):
        refuse_errors(Manifest.read(path), path, features=tmp_path)
