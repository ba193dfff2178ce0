"""Scores of a finished run, again or on other speech."""

import dataclasses
import json
import pathlib
import shutil

import pytest

from satn_keras.corpora import Manifest
from satn_keras.errors import ArtifactError, ConfigError, ManifestError, ProtocolError
from satn_keras.experiments import teachers
from satn_keras.experiments.reevaluation import evaluate_run
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.teachers import Teacher


@pytest.fixture
def strangers(small_manifest, tmp_path):
    """Function that writes a manifest of eva's speech with some fields changed."""

    def write(keep=lambda utterance: True, **fields):
        eva = Manifest.read(small_manifest).where(speaker="eva")
        path = tmp_path / "strangers.csv"
        Manifest(dataclasses.replace(one, **fields) for one in eva if keep(one)).write(
            path
        )
        return path

    return write


def test_the_run_s_own_test_part_has_the_scores_of_the_run(student_run, tmp_path):
    scores, interval, notes = evaluate_run(student_run, out=tmp_path / "out")
    expected = json.loads((student_run / "metrics.json").read_text())
    assert scores.ua == expected["ua"] == interval.value
    assert notes == []
    ours = (tmp_path / "out" / "predictions.csv").read_bytes()
    assert ours == (student_run / "predictions.csv").read_bytes()
    assert (
        json.loads((tmp_path / "out" / "metrics.json").read_text())["ua"] == scores.ua
    )


def test_other_speech_of_unheard_speakers_is_scored(student_run, strangers):
    scores, _, notes = evaluate_run(student_run, strangers(speaker="fred"))
    assert scores.num_utterances == 6
    assert notes == []


def test_a_class_that_does_not_occur_is_noted(student_run, strangers):
    path = strangers(lambda utterance: utterance.label != "sad")
    scores, _, notes = evaluate_run(student_run, path)
    assert scores.recall["sad"] is None
    assert len(notes) == 1 and "sad" in notes[0]


@pytest.mark.parametrize("speaker", ["anna", "dirk"])
def test_speakers_of_training_and_validation_are_refused(
    student_run, strangers, speaker
):
    with pytest.raises(ProtocolError, match=rf"strangers\.csv: speakers {speaker} "):
        evaluate_run(student_run, strangers(speaker=speaker))


def test_speakers_that_only_the_teacher_heard_are_refused(
    student_run, strangers, tmp_path
):
    run = shutil.copytree(student_run, tmp_path / "run")
    split = json.loads((run / "split.json").read_text())
    split["speakers"]["teacher"].append(["small", "gina"])
    (run / "split.json").write_text(json.dumps(split))
    with pytest.raises(ProtocolError, match="speakers gina "):
        evaluate_run(run, strangers(speaker="gina"))


def test_a_label_that_the_student_does_not_know_is_named(student_run, strangers):
    with pytest.raises(ManifestError, match=r"'eva_angry_0': label 'bored'.*angry, ha"):
        evaluate_run(student_run, strangers(label="bored"))


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(ArtifactError, match="no run here"):
        evaluate_run(tmp_path)


def test_scores_never_overwrite_a_run(student_run):
    before = (student_run / "metrics.json").read_bytes()
    with pytest.raises(ConfigError, match="holds a run"):
        evaluate_run(student_run, out=student_run)
    assert (student_run / "metrics.json").read_bytes() == before


def test_an_output_folder_that_cannot_be_made_is_named(student_run, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"file/out: .* writable"):
        evaluate_run(student_run, out=pathlib.Path(tmp_path / "file" / "out"))


def test_a_test_part_that_has_changed_is_refused(student_run, tmp_path):
    shutil.copytree(student_run, tmp_path / "run")
    split = json.loads((tmp_path / "run" / "split.json").read_text())
    (tmp_path / "run" / "split.json").write_text(
        json.dumps({**split, "test": ["ghost"]})
    )
    with pytest.raises(ProtocolError, match="the run's manifest has changed"):
        evaluate_run(tmp_path / "run")


def test_an_untrained_ctc_head_has_no_say_in_the_search(teacher_run, monkeypatch):
    teacher, weights = Teacher.load(RunDirectory.open(teacher_run)), []

    def listen(model, **options):
        weights.append(options["ctc_weight"])
        return lambda inputs: None

    monkeypatch.setattr(teachers, "Transcriber", listen)
    for share in (0.3, 0.0):
        training = teacher.config.teacher_training.model_copy(
            update={"ctc_weight": share}
        )
        config = teacher.config.model_copy(update={"teacher_training": training})
        changed = dataclasses.replace(teacher, config=config)
        assert changed.transcribe([], beam_width=4) == ([], [])
    assert weights == [0.3, 0.0]


def test_a_search_is_made_once_for_all_parts(teacher_run, monkeypatch):
    teacher, widths = Teacher.load(RunDirectory.open(teacher_run)), []

    def listen(model, **options):
        widths.append(options["beam_width"])
        return lambda inputs: None

    monkeypatch.setattr(teachers, "Transcriber", listen)
    for width in (1, 8, 1, 8):
        teacher.transcribe([], width)
    assert widths == [1, 8]
