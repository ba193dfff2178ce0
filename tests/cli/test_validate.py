"""`satn validate`: code 0 for a sound manifest, 1 for faults, 2 for no manifest."""

import json

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from satn_keras.cli.main import app


def validate(*words):
    return CliRunner().invoke(app, ["validate", *map(str, words)])


def test_a_sound_manifest_passes(small_manifest):
    answer = validate(small_manifest)
    assert answer.exit_code == 0, answer.output
    assert "- verdict: passed" in answer.stdout
    assert "- utterances: 30, speakers: 5" in answer.stdout


def test_the_audit_comes_as_json_too(small_manifest):
    answer = validate(small_manifest, "--json")
    found = json.loads(answer.stdout)
    assert found["passed"] and found["utterances"] == 30
    assert found["counts"]["eva"] == {"angry": 2, "happy": 2, "sad": 2}


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("none.wav", "no such file"),
        ("text.wav", "not readable"),
        ("empty.wav", "empty"),
    ],
)
def test_a_file_that_is_no_sound_fails_the_audit_with_code_1(tmp_path, name, fault):
    (tmp_path / "text.wav").write_text("no sound")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16000)
    (tmp_path / "m.csv").write_text(f"path,speaker,label\n{name},anna,sad\n")
    answer = validate(tmp_path / "m.csv", "--json")
    assert answer.exit_code == 1
    (error,) = json.loads(answer.stdout)["errors"]
    assert name in error and fault in error


@pytest.mark.parametrize(
    ("classes", "code"),
    [
        ("angry,happy,sad", 0),
        (" angry, happy ,sad,", 0),
        ("angry,happy", 1),
        ("", 0),
    ],
)
def test_labels_are_held_against_the_classes(small_manifest, classes, code):
    answer = validate(small_manifest, "--classes", classes)
    assert answer.exit_code == code
    assert ("label 'sad' is not in the class set" in answer.stdout) == bool(code)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("path,speaker,lable\na.wav,anna,sad\n", ":1: column 'lable' is unknown. Did"),
        ("path,speaker,age\na.wav,anna,7\n", ":1: column 'age' is unknown. Remove it"),
        ("path,label\na.wav,sad\n", ":1: column 'speaker' is missing. Received: pat"),
        ("path,speaker\na.wav,\n", ":2: column 'speaker' must not be empty."),
        ("path,speaker,gender\na.wav,anna,x\n", ":2: column 'gender' must be female,"),
        ("path,speaker\na.wav,anna\na.wav,anna\n", ":3: column 'key' must be unique."),
        ("", ": the file is empty."),
    ],
)
def test_a_manifest_that_breaks_a_rule_is_one_line_with_file_and_line(
    tmp_path, text, line
):
    (tmp_path / "m.csv").write_text(text)
    answer = validate(tmp_path / "m.csv")
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert answer.stderr.startswith(f"satn: {tmp_path}/m.csv{line}")
    assert answer.stderr.count("\n") == 1


def test_a_folder_is_no_manifest(tmp_path):
    (tmp_path / "m.csv").mkdir()
    answer = validate(tmp_path / "m.csv")
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"satn: {tmp_path}/m.csv: is a folder.")
