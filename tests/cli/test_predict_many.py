"""`satn predict --out`: any number of files, the same answers as one by one."""

import json

import pytest
import soundfile
from typer.testing import CliRunner

from satn_keras.cli.main import app
from tests.support.sounds import vowel


def predict(*words):
    return CliRunner().invoke(app, ["predict", *map(str, words)])


@pytest.fixture
def folder(tmp_path):
    """Seven sounds of several lengths."""
    (tmp_path / "sounds").mkdir()
    for number in range(7):
        sound = vowel(0.1 + 0.09 * number, pitch=100 + 20 * number)
        soundfile.write(tmp_path / "sounds" / f"{number}.wav", sound, 16000)
    return tmp_path / "sounds"


def lines_of(text):
    return {line["path"]: line for line in map(json.loads, text.splitlines())}


def written(folder):
    shards = sorted(folder.glob("predictions-*.jsonl"))
    return lines_of("".join(shard.read_text() for shard in shards))


def test_the_shards_hold_what_json_prints(exported, folder, tmp_path):
    out = tmp_path / "out"
    options = ("--out", out, "--runner", "DirectRunner", "--shards", 2)
    answer = predict(folder, "--model", exported, *options)
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == f"{out}: 7 predictions in 2 shards\n"
    expected = lines_of(predict(folder, "--model", exported, "--json").stdout)
    found = written(out)
    assert set(found) == set(expected) and len(found) == 7
    for path, line in expected.items():
        assert found[path]["label"] == line["label"]
        assert found[path]["score"] == pytest.approx(line["score"], abs=1e-5)
        assert found[path]["probabilities"] == pytest.approx(
            line["probabilities"], abs=1e-5
        )


def test_files_of_a_list_that_cannot_be_read_end_with_their_number(
    exported, folder, tmp_path
):
    names = tmp_path / "names.txt"
    names.write_text(f"{folder / '0.wav'}\n\n{folder / 'none.wav'}\n{names}\n")
    out = tmp_path / "out"
    answer = predict("--list", names, "--model", exported, "--out", out)
    assert answer.exit_code == 2
    assert answer.stderr == (
        f"satn: 2 of 3 files could not be read; see {out / 'faults.jsonl'}.\n"
    )
    assert set(written(out)) == {str(folder / "0.wav")}
    faults = lines_of((out / "faults.jsonl").read_text())
    assert set(faults) == {str(folder / "none.wav"), str(names)}


def test_a_list_is_printed_like_named_files(exported, folder, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text(f"{folder / '1.wav'}\n{folder / '0.wav'}\n")
    answer = predict("--list", names, "--model", exported, "--json")
    assert answer.exit_code == 0, answer.output
    assert list(lines_of(answer.stdout)) == names.read_text().splitlines()


def test_nothing_is_begun_where_a_named_path_leads_nowhere(exported, folder, tmp_path):
    words = (folder, tmp_path / "none", "--model", exported, "--out", tmp_path / "out")
    answer = predict(*words)
    assert answer.exit_code == 2
    assert answer.stderr == (
        f"satn: {tmp_path / 'none'}: no such file or folder. Check the path.\n"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ((), "satn predict: no files are named. Give files, folders, or --list FILE."),
        (("--list", "none.txt"), "none.txt: no such list of files. Check the path."),
        (("x.wav", "--runner", "DirectRunner"), "--runner, --shards, options of Beam:"),
    ],
)
def test_words_that_do_not_belong_together_are_one_line(words, line):
    answer = predict(*words)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"satn: {line}")
    assert answer.stderr.count("\n") == 1
