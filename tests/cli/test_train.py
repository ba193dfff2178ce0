"""`satn train`: recipes, overrides, and one line for each mistake."""

import shutil

import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.corpora import Manifest

# A WAV file with a whole header and no sample.
EMPTY = (
    b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0"
    b"data\0\0\0\0"
)


def train(*words):
    return CliRunner().invoke(app, ["train", *map(str, words)])


def test_both_trains_a_teacher_and_its_student_and_says_where(trained):
    answer, out = trained
    assert answer.exit_code == 0, answer.output
    told = [line for line in answer.stdout.splitlines() if "test speakers:" in line]
    assert told[0].startswith(f"{out}/teacher: test speakers: per ")
    assert told[1].startswith(f"{out}/student: test speakers: ua ")
    assert told[1].endswith(f"see {out}/student/report.md")
    assert (out / "student" / "report.md").exists()


def test_a_finished_run_is_told_again_at_once(trained, small_recipe):
    _, out = trained
    answer = train(small_recipe, "--task", "both", "--out", out)
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.count("test speakers:") == 2
    assert "Epoch" not in answer.stdout


def one_line(answer, start):
    assert answer.exit_code == 2, answer.output
    assert answer.stderr.startswith(f"satn: {start}"), answer.stderr
    assert answer.stderr.count("\n") == 1
    return answer.stderr


@pytest.mark.parametrize(
    ("words", "start"),
    [
        (["none.yaml"], "none.yaml: no such recipe."),
        (["{recipe}", "transfer.wieght=1"], "{recipe}: unknown key 'transfer.wieght'"),
        (["{recipe}", "seed=x"], "{recipe}: key 'seed': "),
        (["{recipe}", "seed"], "'seed': an override must have the form key=value"),
        (["{recipe}", "data.emotions=none.csv"], "{folder}/none.csv: no such file."),
        (["{recipe}", "data.emotions=null"], "data.emotions: the recipe names no man"),
        (["{recipe}", "data.emotions=."], "{folder}: a manifest's name must end in"),
        (["{recipe}", "data.classes=[sad]"], "data.classes: must be at least two."),
        (["{recipe}", "data.classes=[a, sad]"], "utterance 'anna_angry_0': label 'an"),
        (["{recipe}", "data.test_speakers=[zoe]"], "test speaker 'zoe' not in the ma"),
        (["{recipe}", "data.test_speakers=9"], "this division needs at least "),
        (["{recipe}", "data.validation_speakers=0"], "data.validation_speakers: the "),
        (["{recipe}"], "transfer.weight: 1.0 needs a teacher. Give its run with --te"),
        (["{recipe}", "--teacher", "none"], "none: no run here"),
        (["{recipe}", "--task", "both", "--init", "t"], "--init: --task both trains"),
        (["{recipe}", "transfer.weight=0", "--init", "none"], "none: no run here"),
        (["{recipe}", "--task", "both", "--teacher", "t"], "--teacher: --task both tr"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    small_recipe, tmp_path, monkeypatch, words, start
):
    monkeypatch.chdir(tmp_path)
    shutil.copy(small_recipe, tmp_path / "recipe.yaml")
    words = [word.format(recipe="recipe.yaml") for word in words]
    answer = train(*words, "--out", tmp_path / "run")
    one_line(answer, start.format(recipe="recipe.yaml", folder=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["recipe.yaml"]


def test_a_misspelt_key_is_answered_with_the_near_one(small_recipe, tmp_path):
    text = small_recipe.read_text().replace("learning_rate", "learning_rat", 1)
    (tmp_path / "recipe.yaml").write_text(text)
    answer = train(tmp_path / "recipe.yaml", "--out", tmp_path / "run")
    line = one_line(answer, f"{tmp_path}/recipe.yaml: unknown key 'teacher_training.l")
    assert "Did you mean 'learning_rate'?" in line
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("speaker", ["anna", "eva"])
@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (None, "no such sound file"),
        (b"no sound", "a sound file must be WAV, FLAC, OGG or MP3"),
        (b"", "a sound file must be WAV, FLAC, OGG or MP3"),
        (EMPTY, "a sound file must hold at least one sample"),
    ],
)
def test_a_bad_sound_of_any_part_is_one_line_and_nothing_is_written(
    small_manifest, small_recipe, tmp_path, speaker, content, rule
):
    frame = Manifest.read(small_manifest).to_frame()
    frame.loc[frame["key"] == f"{speaker}_sad_1", "path"] = str(tmp_path / "bad.wav")
    if content is not None:
        (tmp_path / "bad.wav").write_bytes(content)
    Manifest.from_frame(frame).write(tmp_path / "m.csv")
    words = (f"data.emotions={tmp_path}/m.csv", "transfer.weight=0")
    answer = train(small_recipe, *words, "--out", tmp_path / "run")
    one_line(answer, f"{tmp_path}/bad.wav: {rule}")
    assert not (tmp_path / "run").exists()


def test_an_output_folder_that_cannot_be_made_is_one_line(small_recipe, tmp_path):
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "run"
    answer = train(small_recipe, "transfer.weight=0", "--out", out)
    one_line(answer, f"{out}: the run folder must be writable (Not a directory). Cho")


def test_another_recipe_in_the_same_folder_is_one_line(trained, small_recipe):
    out = trained[1] / "student"
    answer = train(small_recipe, "seed=4", "--out", out)
    one_line(answer, f"{out}/config.yaml: this folder holds a run with another recipe")
