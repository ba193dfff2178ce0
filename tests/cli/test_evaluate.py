"""`satn evaluate`: scores as a table or JSON."""

import json

from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.corpora import Manifest


def evaluate(*words):
    return CliRunner().invoke(app, ["evaluate", *map(str, words)])


def test_the_table_has_the_scores_of_the_run(student_run):
    answer = evaluate(student_run)
    assert answer.exit_code == 0, answer.output
    metrics = json.loads((student_run / "metrics.json").read_text())
    assert f"| test | {metrics['ua']:.3f} | {metrics['wa']:.3f} |" in answer.stdout
    for name in ("angry", "happy", "sad"):
        assert f"| {name} " in answer.stdout


def test_json_and_files_hold_the_same_scores(student_run, tmp_path):
    answer = evaluate(student_run, "--json", "--out", tmp_path / "scores")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert told == json.loads((tmp_path / "scores" / "metrics.json").read_text())
    assert told["num_utterances"] == 6
    assert (tmp_path / "scores" / "predictions.csv").exists()


def test_a_note_goes_to_standard_error(student_run, small_manifest, tmp_path):
    eva = Manifest.read(small_manifest).where(speaker="eva", label=("angry", "sad"))
    eva.write(tmp_path / "m.csv")
    answer = evaluate(student_run, "--manifest", tmp_path / "m.csv", "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["recall"]["happy"] is None
    assert answer.stderr.startswith("satn: note: no utterance of happy")


def test_speakers_the_student_has_heard_are_refused_in_one_line(
    student_run, small_manifest
):
    answer = evaluate(student_run, "--manifest", small_manifest)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"satn: {small_manifest}: speakers anna, bert,")
    assert answer.stderr.count("\n") == 1


def test_a_teacher_is_judged_by_both_searches(teacher_run, tmp_path):
    answer = evaluate(teacher_run, "--json", "--out", tmp_path / "scores")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    written = json.loads((teacher_run / "metrics.json").read_text())
    assert told["joint"]["per"] == written["per"]
    assert told["greedy"] == written["greedy"]
    assert (tmp_path / "scores" / "transcripts.csv").exists()
    table = evaluate(teacher_run)
    assert "| joint " in table.stdout and "| greedy " in table.stdout


def test_speakers_the_teacher_has_heard_are_refused(teacher_run, small_manifest):
    answer = evaluate(teacher_run, "--manifest", small_manifest)
    assert answer.exit_code == 2
    assert "say" in answer.stderr and answer.stderr.count("\n") == 1
