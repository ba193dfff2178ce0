"""A few rows of a table on the small corpus, from the command line to the report."""

import json

import pytest
import soundfile
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.experiments.students import Student
from tests.support.small_iemocap import write_iemocap
from tests.support.sounds import vowel

SIZES = (
    *("features.num_mels=11", "phonemes.lexicon=graphemes"),
    *("teacher.filters=8", "teacher.attention_units=8", "teacher.decoder_units=8"),
    *("teacher.num_levels=2", "teacher.alignment_units=8", "teacher.lstm_units=4"),
    *("teacher.max_target_length=7", "teacher.embedding_units=4"),
    *("teacher_training.epochs=1", "teacher_training.batch_size=8"),
    *("student.num_levels=2", "student.filters=8", "student.attention_units=8"),
    *("student_training.epochs=1", "student.lstm_units=4"),
)


def reproduce(manifest, out, *words):
    command = ["reproduce", "satn-table-2", str(manifest), "--corpus", "manifest"]
    return CliRunner().invoke(app, [*command, "--out", str(out), *words, *SIZES])


ROWS = ("blstm-soft", "blstm-soft-at", "blstm-soft-at-shuffled")
CHOICE = [word for row in ROWS for word in ("--row", row)]


@pytest.fixture(scope="module")
def reproduced(small_manifest, tmp_path_factory):
    out = tmp_path_factory.mktemp("table") / "out"
    words = (*CHOICE, "--folds", "2", "--control-folds", "1")
    return reproduce(small_manifest, out, *words), out


def test_every_row_is_run_on_its_folds(reproduced):
    answer, out = reproduced
    assert answer.exit_code == 0, answer.output
    record = json.loads((out / "table.json").read_text())
    folds = {key: row["folds"] for key, row in record["rows"].items()}
    both = ["anna", "bert"]
    assert folds == dict(zip(ROWS, (both, both, ["anna"]), strict=True))


def test_rows_share_the_teacher_of_a_fold(reproduced):
    _, out = reproduced
    assert sorted(path.name for path in (out / "teachers" / "blstm").iterdir()) == [
        *("anna", "bert"),
    ]
    fingerprints = {
        json.loads((out / row / "seed-1" / "anna" / "split.json").read_text())[
            "teacher"
        ]
        for row in ROWS[1:]
    }
    assert len(fingerprints) == 1


def test_ours_stand_beside_the_published_figures(reproduced):
    answer, out = reproduced
    text = (out / "report.md").read_text()
    line = next(
        line
        for line in text.splitlines()
        if line.startswith("| BLSTM + soft attention")
    )
    assert "63.8" in line and "62.9" in line and "59.6" in line and "59.7" in line
    assert "maps shuffled over the batch" in text
    assert "p, McNemar" in text and "p, z-test" in text
    assert (out / "report.html").exists()
    assert "BLSTM + soft attention w/ AT" in answer.output


def test_the_same_command_trains_nothing_again(reproduced, small_manifest, monkeypatch):
    _, out = reproduced
    monkeypatch.setattr(Student, "train", lambda *args: pytest.fail("trained"))
    words = (*CHOICE, "--folds", "2", "--control-folds", "1")
    answer = reproduce(small_manifest, out, *words)
    assert answer.exit_code == 0, answer.output


def test_the_report_can_be_written_again(reproduced):
    _, out = reproduced
    before = (out / "report.md").read_text()
    (out / "report.md").unlink()
    answer = CliRunner().invoke(app, ["report", str(out)])
    assert answer.exit_code == 0, answer.output
    assert (out / "report.md").read_text() == before


@pytest.mark.parametrize(
    "words, message",
    [
        (("--teacher", "gru=x"), "satn: --teacher gru=x: must be tcn=RUN or blstm=RUN"),
        (("--row", "tcn"), "satn: --row tcn: satn-table-2 has no such row"),
        (("--corpus", "none"), "satn: --corpus none: there is no such corpus"),
        (("--recipe", "none"), "satn: --recipe none: the package has none of this"),
    ],
)
def test_mistakes_are_one_line(small_manifest, tmp_path, words, message):
    answer = reproduce(small_manifest, tmp_path / "out", *words)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(message) and answer.stderr.count("\n") == 1


def test_an_unknown_table_is_named(tmp_path):
    words = ["reproduce", "table-9", "x", "--out", str(tmp_path)]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 2
    assert "satn-table-2, deep-spectrum, baselines" in answer.stderr


def test_rows_can_be_listed():
    words = ["reproduce", "baselines", "--list"]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0
    assert "dnn-elm\tDNN-ELM" in answer.output


def test_iemocap_is_divided_by_session_and_its_counts_are_compared(tmp_path):
    root = write_iemocap(tmp_path / "iemocap")
    for number, path in enumerate(sorted(root.rglob("*.wav"))):
        soundfile.write(path, vowel(0.2, pitch=100 + number), 16000)
    words = ["reproduce", "baselines", str(root), "--corpus", "iemocap"]
    words += ["--row", "gmm-hmm", "--folds", "2", "--out", str(tmp_path / "out")]
    words += ["system.num_states=3", "system.num_mixtures=1", "system.iterations=2"]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.output
    assert "note: " in answer.output and "2943" in answer.output
    record = json.loads((tmp_path / "out" / "table.json").read_text())
    assert record["rows"]["gmm-hmm"]["folds"] == ["Ses01_Ses01_F", "Ses01_Ses01_M"]
    metrics = json.loads((tmp_path / "out" / "gmm-hmm" / "metrics.json").read_text())
    assert metrics["classes"] == ["angry", "happy", "neutral", "sad"]
    assert metrics["num_utterances"] == 2 * 5  # ang, hap + exc, neu, sad; improvised
