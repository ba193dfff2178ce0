"""Rows of Table 2 under the best recipe, from a teacher that hears prosody."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError
from satn_keras.experiments.backup import Backup
from satn_keras.experiments.cross_validation import CrossValidation
from satn_keras.experiments.reproduction import TABLES, Reproduction, rows_of
from satn_keras.experiments.reproduction.queue import queue_of
from satn_keras.experiments.reproduction.reproduce import row_config
from tests.support.small_corpus import write_corpus
from tests.support.small_runs import decided, write_crossed

SATN = TABLES["satn-table-2"]
PLAIN = {"blstm-soft", "blstm-self", "tcn-soft", "tcn-self"}
TEACHER = (
    *("phonemes.lexicon=graphemes", "teacher.filters=8", "teacher.attention_units=8"),
    *("teacher.decoder_units=8", "teacher.num_levels=2", "teacher.alignment_units=8"),
    *("teacher.embedding_units=4", "teacher.max_target_length=7"),
    *("data.teacher_test_speakers=1", "data.teacher_validation_speakers=1"),
    *("teacher_training.epochs=1", "teacher_training.augmentation.speeds=[0.9]"),
)
STUDENT = (
    *("student.num_levels=2", "student.filters=8", "student.attention_units=8"),
    *("student.lstm_units=4", "student_training.epochs=2"),
    *("student_training.batch_size=8", "student_training.segment_frames=29"),
)


def row_of(key, *changes):
    plan = Reproduction(SATN, "manifest", None, None, changes=changes, recipe="satn")
    (row,) = rows_of(SATN, "manifest", (key,))
    return row, row_config(row, {"emotions": "e.csv"}, (), plan)


@pytest.mark.parametrize("key", ["tcn-self-at", "blstm-soft-at-uniform"])
def test_a_row_that_copies_is_not_run_at_a_weight_of_zero(key):
    with pytest.raises(ConfigError, match=f"row {key}: .* is 0 in satn. Give the wei"):
        row_of(key)
    assert row_of(key, "transfer.weight=0.3")[1].transfer.weight == 0.3


def test_rows_without_maps_need_no_weight():
    for key in (*PLAIN, "tcn-self-at-init"):
        row, config = row_of(key)
        assert not row.copies and config.transfer.weight == 0


def test_the_queue_tells_what_is_to_do_and_what_a_run_cost(tmp_path):
    config = ExperimentConfig()
    plans = [
        CrossValidation(config, tmp_path / row, (1, 2), ("anna", "bert"))
        for row in ("one", "two")
    ]
    assert queue_of(plans) == "8 of 8 runs to do"
    done = {(1, "anna"): decided("anna", "cl", "cl")}
    for row, seconds in (("one", 60), ("two", 80)):
        write_crossed(tmp_path / row, done)
        file = tmp_path / row / "seed-1" / "anna" / "metrics.json"
        metrics = {**json.loads(file.read_text()), "training_seconds": seconds}
        file.write_text(json.dumps(metrics))
    text = "6 of 8 runs to do; those done took 70 s each (median)"
    assert queue_of(plans) == text


# Whole rows


@pytest.fixture(scope="module")
def lessons(tmp_path_factory):
    """Manifest of speech by others than those who are tested."""
    folder = tmp_path_factory.mktemp("lessons") / "corpus"
    return write_corpus(folder, speakers=("lena", "mara", "nils"))


@pytest.fixture(scope="module")
def teachers(lessons, tmp_path_factory):
    """Run folders of a teacher of each encoder, as options of `reproduce`."""
    folder, options = tmp_path_factory.mktemp("teachers"), []
    for encoder in ("tcn", "blstm"):
        words = ["train", "satn-teacher", f"data.transcripts={lessons}"]
        words += [*TEACHER, f"teacher.encoder={encoder}", "teacher.lstm_units=4"]
        words += ["--task", "teacher", "--out", str(folder / encoder)]
        answer = CliRunner().invoke(app, words)
        assert answer.exit_code == 0, answer.output
        options += ["--teacher", f"{encoder}={folder / encoder}"]
    return options


def reproduce(manifest, out, teachers, rows, *words):
    command = ["reproduce", "satn-table-2", str(manifest), "--corpus", "manifest"]
    command += ["--recipe", "satn", "--out", str(out), "transfer.weight=0.3"]
    chosen = [word for row in rows for word in ("--row", row)]
    return CliRunner().invoke(app, [*command, *teachers, *chosen, *words, *STUDENT])


@pytest.mark.slow
def test_every_kind_of_row_runs_resumes_and_is_compared_with_none(
    small_manifest, teachers, tmp_path, monkeypatch
):
    rows = ["tcn-self", "tcn-self-at", "tcn-self-at-other", "tcn-self-at-init"]
    rows += ["tcn-self-at-shuffled", "tcn-self-at-uniform", "tcn-self-at-untrained"]
    words = ("--fold", "bert", "--seed", "1", "--seed", "2")
    save = Backup.on_epoch_end

    def interrupt(self, epoch, logs=None):
        save(self, epoch, logs)
        if "tcn-self-at/seed-2" in str(self.folder):
            raise KeyboardInterrupt

    parts = small_manifest, tmp_path / "out", teachers, rows, *words
    monkeypatch.setattr(Backup, "on_epoch_end", interrupt)
    stopped = reproduce(*parts)
    assert stopped.exit_code != 0 and "14 of 14 runs to do\n" in stopped.output
    monkeypatch.undo()
    answer = reproduce(*parts)
    assert answer.exit_code == 0, answer.output
    assert "11 of 14 runs to do; those done took" in answer.output
    history = pd.read_csv(tmp_path / "out/tcn-self-at/seed-2/bert/history.csv")
    assert history["epoch"].tolist() == [0, 1]
    text = (tmp_path / "out" / "report.md").read_text()
    section = text.split("## Transfer and its controls against none")[1]
    lines = [line for line in section.splitlines() if "tcn-self " in line]
    assert len(lines) == 6 and "interval with seeds" in section


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["blstm-self", "blstm-soft", "tcn-soft"])
def test_every_encoder_copies_activations_and_weights(
    small_manifest, teachers, tmp_path, kind
):
    rows = [kind, f"{kind}-at", f"{kind}-at-weights", f"{kind}-at-init-map"]
    answer = reproduce(
        small_manifest, tmp_path / "out", teachers, rows, "--fold", "bert"
    )
    assert answer.exit_code == 0, answer.output
    for row in rows[1:]:
        history = pd.read_csv(tmp_path / f"out/{row}/seed-1/bert/history.csv")
        assert history["transfer_loss"].between(0, 4).all()
        assert (history["transfer_loss"] > 0).all()


@pytest.mark.slow
def test_a_teacher_of_other_sizes_is_refused_before_any_training(
    small_manifest, teachers, tmp_path
):
    words = ("student.filters=16", "student.attention_units=16")
    rows = ["tcn-self", "tcn-self-at-init"]
    command = ["reproduce", "satn-table-2", str(small_manifest), "--recipe", "satn"]
    command += ["--corpus", "manifest", "--out", str(tmp_path / "out"), *teachers]
    chosen = [word for row in rows for word in ("--row", row)]
    answer = CliRunner().invoke(app, [*command, *chosen, *words])
    assert answer.exit_code == 2 and answer.stderr.count("\n") == 1
    assert "No layer of student fits one of teacher" in answer.stderr
    assert not (tmp_path / "out" / "tcn-self").exists()
