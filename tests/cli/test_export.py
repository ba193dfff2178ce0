"""`satn export`: the next version of a name, or one clear line."""

import sys

import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app


def export(*words):
    return CliRunner().invoke(app, ["export", *map(str, words)])


def test_a_student_s_version_holds_a_model(exported):
    assert {path.name for path in exported.iterdir()} == {"1"}
    assert (exported / "1" / "saved_model.pb").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", ".hidden", "/tmp/x"])
def test_a_name_that_is_a_path_is_refused(student_run, tmp_path, name):
    answer = export(student_run, "--name", name, "--folder", tmp_path)
    assert answer.exit_code == 2
    assert answer.stderr.startswith("satn: --name: must be one plain folder name.")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_student_is_refused(teacher_run, tmp_path):
    for run, line in (
        (tmp_path / "none", f"{tmp_path}/none: no run here"),
        (teacher_run, f"{teacher_run}/student.keras: no trained student here"),
    ):
        answer = export(run, "--name", "x", "--folder", tmp_path / "models")
        assert answer.exit_code == 2
        assert answer.stderr.startswith(f"satn: {line}")
        assert answer.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_line(student_run, tmp_path):
    (tmp_path / "file").touch()
    answer = export(student_run, "--name", "x", "--folder", tmp_path / "file")
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"satn: {tmp_path}/file/x: cannot write the exp")
    assert answer.stderr.count("\n") == 1


def test_a_system_that_is_no_network_is_refused_in_one_line(tmp_path):
    recipe = "seed: 1\nsystem:\n  name: gmm_hmm\n"
    (tmp_path / "config.yaml").write_text(recipe)
    words = ["export", str(tmp_path), "--name", "n", "--folder", str(tmp_path / "s")]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 2
    assert "system gmm_hmm is not one network" in answer.stderr
    assert answer.stderr.count("\n") == 1 and not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--format", "coreml"], "--format: must be one of saved_model, litert, onnx."),
        (["--precision", "int8"], "--precision: belongs to --format litert."),
        (
            ["--format", "litert", "--precision", "int4"],
            "--precision: must be of float32, float16, int8.",
        ),
    ],
)
def test_a_format_that_there_is_not_is_refused(student_run, tmp_path, options, line):
    answer = export(student_run, "--name", "x", "--folder", tmp_path, *options)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"satn: {line}")
    assert list(tmp_path.rglob("*.*")) == []


def test_what_was_left_out_for_want_of_an_extra_is_said(
    student_run, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "tensorflow_serving.apis", None)
    answer = export(student_run, "--name", "x", "--folder", tmp_path)
    assert answer.exit_code == 0, answer.output
    assert "no warm-up requests" in answer.stderr
    assert "pip install 'satn-keras[serving]'" in answer.stderr
    extra = tmp_path / "x" / "1" / "assets.extra"
    assert (extra / "model_card.md").exists()
    assert not (extra / "tf_serving_warmup_requests").exists()
