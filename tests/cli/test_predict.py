"""`satn predict`: files and folders in, a table or JSON lines out."""

import json

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
