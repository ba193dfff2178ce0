"""`satn predict`: files and folders in, a table or JSON lines out."""

import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.cli.predict import find_audio
from tests.support.sounds import vowel


def predict(model, *paths, options=()):
    words = ["predict", *map(str, paths), "--model", str(model), *options]
    return CliRunner().invoke(app, words)


@pytest.fixture
def folder(tmp_path):
    """Folder with a sound of every format, rates and channels mixed, and a note."""
    root = tmp_path / "sounds"
    (root / "deeper").mkdir(parents=True)
    for name, rate, channels in (
        ("a.wav", 16000, 1),
        ("b.flac", 48000, 2),
        ("c.OGG", 22050, 1),
        ("deeper/d.mp3", 44100, 2),
    ):
        sound = np.repeat(vowel(0.3, sample_rate=rate)[:, None], channels, axis=1)
        ending = name.lower().rpartition(".")[2]
        soundfile.write(root / name, sound, rate, format=ending.upper())
    (root / "notes.txt").write_text("no sound")
    (root / "._a.wav").write_text("a note of another system")
    (root / "folder.wav").mkdir()
    return root


def test_json_has_one_object_a_line_for_every_file_of_a_folder(exported, folder):
    answer = predict(exported, folder, options=["--json"])
    assert answer.exit_code == 0, answer.output
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    names = ["a.wav", "b.flac", "c.OGG", "deeper/d.mp3"]
    assert [line["path"] for line in lines] == [str(folder / name) for name in names]
    for line in lines:
        assert list(line) == ["path", "label", "score", "probabilities"]
        assert list(line["probabilities"]) == ["angry", "happy", "sad"]
        assert sum(line["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert line["score"] == max(line["probabilities"].values())
        assert line["probabilities"][line["label"]] == line["score"]


def test_a_table_shows_whole_paths_however_long_and_whatever_signs(exported, tmp_path):
    path = tmp_path / ("long" * 30) / "[bold]sm:smile:le żółw.wav"
    path.parent.mkdir()
    soundfile.write(path, vowel(0.3), 16000)
    answer = predict(exported, path)
    assert answer.exit_code == 0, answer.output
    header, row = [line for line in answer.stdout.splitlines() if line[0] in "┃│"]
    assert header.split("┃")[1].split() == ["path"]
    assert str(path) in row
    assert row.split("│")[2].strip() in ("angry", "happy", "sad")


def test_files_and_folders_come_in_the_order_given(exported, folder):
    answer = predict(
        exported,
        folder / "b.flac",
        folder / "deeper",
        folder / "a.wav",
        options=["--json"],
    )
    names = [json.loads(line)["path"][-6:] for line in answer.stdout.splitlines()]
    assert names == ["b.flac", "/d.mp3", "/a.wav"]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_good_files_are_printed_and_each_bad_one_has_its_line(
    exported, folder, tmp_path, options
):
    (tmp_path / "text.wav").write_text("no sound")
    (tmp_path / "nothing.wav").write_bytes(b"")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16000)
    (tmp_path / "hollow").mkdir()
    bad = ("text.wav", "nothing.wav", "empty.wav", "none.wav", "hollow")
    answer = predict(
        exported,
        *(tmp_path / name for name in bad[:3]),
        folder / "a.wav",
        *(tmp_path / name for name in bad[3:]),
        options=options,
    )
    assert answer.exit_code == 2
    assert "a.wav" in answer.stdout
    faults = answer.stderr.splitlines()
    assert len(faults) == len(bad)
    for name in bad:
        (line,) = [line for line in faults if f"/{name}: " in line]
        assert line.startswith("satn: ") and line.endswith(".")


def test_a_model_that_is_not_there_is_named(folder, tmp_path):
    answer = predict(tmp_path / "none", folder)
    assert answer.exit_code == 2
    assert answer.stderr == (
        f"satn: {tmp_path}/none: no exported model here. Export one with `satn export "
        "RUN --name NAME`.\n"
    )


def test_hidden_files_and_folders_named_like_sounds_are_passed_over(folder):
    files, faults = find_audio([folder])
    assert [path.name for path in files] == ["a.wav", "b.flac", "c.OGG", "d.mp3"]
    assert faults == []


@pytest.fixture(scope="module")
def by_litert(student_run, tmp_path_factory):
    """Folder of the small student's LiteRT files."""
    folder = tmp_path_factory.mktemp("models")
    words = ["export", str(student_run), "--name", "small", "--folder", str(folder)]
    words += ["--format", "litert", "--precision", "float32"]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.output
    return folder / "small"


def test_litert_says_what_tensorflow_says_and_loads_none_of_it(
    exported, by_litert, folder
):
    script = (
        "import sys\n"
        "from satn_keras.cli.main import app\n"
        "try:\n"
        "    app(sys.argv[1:])\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "print(sorted({'tensorflow', 'keras', 'pandas'} & set(sys.modules)))\n"
    )
    words = ["predict", str(folder), "--model", str(by_litert), "--json"]
    words += ["--runtime", "litert"]
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True
    )
    *lines, loaded = done.stdout.splitlines()
    assert loaded == "[]", done.stderr
    expected = predict(exported, folder, options=["--json"]).stdout.splitlines()
    for found, line in zip(
        map(json.loads, lines), map(json.loads, expected), strict=True
    ):
        assert found["path"] == line["path"] and found["label"] == line["label"]
        assert found["probabilities"] == pytest.approx(line["probabilities"], abs=1e-4)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--runtime", "torch"], "--runtime: must be one of tensorflow, litert."),
        (["--runtime", "litert", "--enrol", "x"], "--enrol, --out: need --runtime"),
        (["--runtime", "litert"], "no exported model here. Export one with"),
    ],
)
def test_a_runtime_that_cannot_do_it_is_one_line(exported, folder, options, line):
    answer = predict(exported, folder, options=options)
    assert answer.exit_code == 2
    assert line in answer.stderr and answer.stderr.count("\n") == 1


def test_nobody_enrols_with_a_model_that_knows_no_speakers(exported, folder):
    answer = predict(exported, folder, options=["--enrol", str(folder)])
    assert answer.exit_code == 2
    assert "this model does not normalise by speaker" in answer.stderr
