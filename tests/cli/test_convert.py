"""`satn convert`: manifests to other forms and back, or one clear line."""

import pytest
import soundfile
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.corpora import Manifest, Utterance
from tests.support.sounds import tone


def convert(*words):
    return CliRunner().invoke(app, ["convert", *map(str, words)])


@pytest.fixture
def manifest(tmp_path):
    """Path of a manifest of two sounds."""
    for name in "ab":
        soundfile.write(tmp_path / f"{name}.wav", tone(200.0, 0.1), 16000)
    path = tmp_path / "all.csv"
    Manifest(
        Utterance(name, str(tmp_path / f"{name}.wav"), "anna", "sad", dataset="x")
        for name in "ab"
    ).write(path)
    return path


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("emobox", "all.jsonl.gz"),
        ("speechbrain", "all.json"),
        ("lhotse", "lhotse"),
        ("audformat", "audformat"),
        ("manifest", "all.parquet"),
    ],
)
def test_there_and_back_again(manifest, tmp_path, form, name):
    if form == "audformat":
        pytest.importorskip("audformat")
    out, back = tmp_path / "out" / name, tmp_path / "back.csv"
    answer = convert(manifest, out, "--to", form)
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == f"{out}: 2 utterances, 1 speakers, 1 classes\n"
    assert convert(out, back, "--from", form).exit_code == 0
    assert Manifest.read(back) == Manifest.read(manifest)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("{tmp}/none.csv", "{tmp}/o.json"), "{tmp}/none.csv: no such file."),
        (
            ("{tmp}/all.csv", "{tmp}/a.wav", "--to", "lhotse"),
            "{tmp}/a.wav: --to ",
        ),
        (
            ("{tmp}/all.csv", "{tmp}/../{name}/all.csv", "--to", "emobox"),
            "{tmp}/../{name}/all.csv: IN would be replaced.",
        ),
        (
            ("{tmp}/all.csv", "{tmp}", "--to", "emobox"),
            "{tmp}: --to emobox needs",
        ),
        (
            ("{tmp}/all.csv", "{tmp}/b.csv", "--root", "/"),
            "--root: a manifest has",
        ),
        (
            ("{tmp}/all.csv", "{tmp}/b.csv", "--from", "emobox"),
            "{tmp}/all.csv:1: not",
        ),
        (
            ("{tmp}", "{tmp}/b.csv", "--from", "lhotse"),
            "{tmp}: must hold one",
        ),
    ],
)
def test_what_cannot_be_converted_is_one_line(manifest, tmp_path, words, line):
    places = {"tmp": tmp_path, "name": tmp_path.name}
    answer = convert(*(word.format(**places) for word in words))
    assert answer.exit_code == 2
    assert answer.stderr.startswith("satn: " + line.format(**places))
    assert answer.stderr.count("\n") == 1
