"""`satn validate`: code 0 for a sound manifest, 1 for faults, 2 for no manifest."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.corpora import Manifest
from tests.support.faulty_corpus import honest


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
        ("gay=happy,low=sad+angry", 0),
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


def test_warnings_count_where_the_command_is_strict(tmp_path):
    Manifest(honest(tmp_path / "a")).write(tmp_path / "m.csv")
    assert validate(tmp_path / "m.csv", "--strict").exit_code == 0
    assert validate(tmp_path / "m.csv", "--longest", "0.25").exit_code == 0
    answer = validate(tmp_path / "m.csv", "--longest", "0.25", "--strict")
    assert answer.exit_code == 1
    assert "longer than 0.25 s" in answer.stdout


def test_the_report_comes_as_markdown_html_json_and_pictures(small_manifest, tmp_path):
    out = tmp_path / "audit"
    assert validate(small_manifest, "--out", out).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        *("audit.html", "audit.json", "audit.md", "drop.txt", "figures"),
        "utterances.csv",
    ]
    pictures = ("durations", "levels", "classes_by_speaker")
    page, text = (out / "audit.html").read_text(), (out / "audit.md").read_text()
    assert page.count("data:image/png;base64,") == len(pictures)
    for name in pictures:
        assert f"figures/{name}.png" in text
        assert (out / "figures" / f"{name}.png").read_bytes()[:4] == b"\x89PNG"
    found = json.loads((out / "audit.json").read_text())
    assert found["utterances"] == 30
    table = pd.read_csv(out / "utterances.csv")
    assert table["seconds"].sum() == pytest.approx(found["seconds"], abs=0.01)
    assert (out / "drop.txt").read_text() == ""


def test_an_audit_is_replaced_and_nothing_else_is(small_manifest, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").touch()
    answer = validate(small_manifest, "--out", tmp_path / "mine")
    assert answer.exit_code == 2
    assert "this is no folder of an audit" in answer.stderr
    assert answer.stderr.count("\n") == 1
    (tmp_path / "m.csv").write_text("path,speaker\nnone.wav,anna\n")
    for manifest, drop in ((small_manifest, ""), (tmp_path / "m.csv", "none\n")):
        validate(manifest, "--out", tmp_path / "audit")
        assert (tmp_path / "audit" / "drop.txt").read_text() == drop
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("audit", "m.csv", "mine")
    ]


def test_folds_are_checked_by_protocol_recipe_and_table(tmp_path):
    utterances = honest(tmp_path / "a")
    Manifest(utterances).write(tmp_path / "m.csv")
    words = ("--folds", "speaker_folds", "--folds", "protocol.num_folds=3", "--json")
    found = json.loads(validate(tmp_path / "m.csv", *words).stdout)
    assert found["passed"] and len(found["folds"]) == 3
    assert found["rules"] == {"shared_sentence": 1, "shared_session": 1}
    rows = (
        f"1,{one.key},{'test' if one.key == 'anna_sad_0' else 'train'}\n"
        for one in utterances
    )
    (tmp_path / "leaky.csv").write_text("fold,key,part\n" + "".join(rows))
    leaky = "protocol.validation_speakers=0"
    words = ("--folds", tmp_path / "leaky.csv", "--folds", leaky, "--json")
    answer = validate(tmp_path / "m.csv", *words)
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["rules"]["leaked_speaker"] == 1


def test_a_named_class_set_knows_the_words_of_its_classes(small_manifest, tmp_path):
    angry = Manifest.read(small_manifest).where(label="angry")
    frame = angry.to_frame().assign(label="anger")
    Manifest.from_frame(frame).write(tmp_path / "m.csv")
    answer = validate(tmp_path / "m.csv", "--classes", "common-4", "--json")
    found = json.loads(answer.stdout)
    assert "unknown_label" not in found["rules"]
    assert {name for counts in found["counts"].values() for name in counts} == {"angry"}
    answer = validate(tmp_path / "m.csv", "--classes", "no-4")
    assert "label 'anger' is not in the class set (no-4)" in answer.stdout


def test_a_setting_alone_names_no_folds(small_manifest):
    answer = validate(small_manifest, "--folds", "protocol.num_folds=3")
    assert answer.exit_code == 2
    assert "protocol.num_folds=3 is a setting, of which folds" in answer.stderr


def test_a_protocol_that_does_not_fit_is_one_line_before_any_file_is_read(tmp_path):
    (tmp_path / "m.csv").write_text("path,speaker\nnone.wav,anna\n")
    answer = validate(tmp_path / "m.csv", "--folds", "leave_one_speaker_out")
    assert answer.exit_code == 2
    assert answer.stdout == "" and answer.stderr.count("\n") == 1
    answer = validate(tmp_path / "m.csv", "--folds", "by_the_moon")
    assert answer.exit_code == 2 and "by_the_moon" in answer.stderr


def test_words_outside_the_lexicon_are_told_where_it_is_asked_or_english(tmp_path):
    (utterance,) = honest(tmp_path / "a")[:1]
    for language, words, told in (
        ("en", (), True),
        ("pl", (), False),
        ("pl", ("--lexicon", "cmudict"), True),
        ("en", ("--lexicon", "graphemes"), False),
    ):
        one = dataclasses.replace(utterance, text="go zzyzx", language=language)
        Manifest([one]).write(tmp_path / "m.csv")
        answer = validate(tmp_path / "m.csv", *words)
        assert ("the lexicon lacks 'zzyzx'" in answer.stdout) == told


def test_an_audit_loads_no_tensorflow(small_manifest, tmp_path):
    script = (
        "import sys\n"
        "from satn_keras.cli.main import app\n"
        "try:\n"
        f"    app(['validate', {str(small_manifest)!r}, '--folds', 'satn', '--out',\n"
        f"         {str(tmp_path / 'audit')!r}])\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "print(sorted({'tensorflow', 'keras'} & set(sys.modules)))\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.decode().endswith("[]\n")
