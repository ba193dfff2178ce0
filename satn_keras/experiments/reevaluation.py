"""Scores of a finished run on its own test part or on another manifest."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter

from satn_keras.corpora import Manifest, class_indices
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.evaluation import ErrorRates, Interval, Scores
from satn_keras.experiments.classes import in_classes
from satn_keras.experiments.enrolment import enrol, enrolling, told_of
from satn_keras.experiments.heard import heard_by
from satn_keras.experiments.judging import predict
from satn_keras.experiments.predictions import score_predictions
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.splits import require_texts, shared, speakers_of
from satn_keras.experiments.systems import system_class
from satn_keras.experiments.teacher_judging import BEAM_WIDTH, transcript_table
from satn_keras.experiments.teachers import Teacher, evaluate_teacher


def evaluate_run(
    path: str | os.PathLike,
    manifest: str | os.PathLike | None = None,
    out: str | os.PathLike | None = None,
    enrolment: int | None = None,
) -> tuple[Scores, Interval, list[str]]:
    """Scores of the emotion recogniser in the run folder `path`.

    Args:
        path: run folder.
        manifest: labelled utterances; the run's own test part when absent.
        out: folder that receives `predictions.csv` and `metrics.json`.
        enrolment: utterances by which each speaker is known, not scored; by the run's
            recipe when absent.

    Returns:
        Scores, interval of `ua` over speakers, and notes to show the user.

    Raises:
        ArtifactError: if there is no finished run.
        ConfigError: if `out` is a run folder or cannot be written, or the run's
            system has no use for an enrolment.
        ManifestError: if an utterance has no label of the student's classes.
        ProtocolError: if the manifest holds a speaker that trained the student,
            its teacher, or selected an epoch of either, or one with too few
            utterances to be enrolled.
    """
    run = RunDirectory.open(path)
    target = None if out is None else _target(out)
    student = system_class(run.config).load(run)
    if enrolment is not None:
        config = enrolling(student.config, enrolment)
        student = dataclasses.replace(student, config=config)
    if manifest is None:
        test, _ = in_classes(_test_part(run, run.config.data.emotions), run.config.data)
    else:
        test, _ = in_classes(Manifest.read(manifest), run.config.data)
        class_indices(test, student.classes)
    _refuse_heard(test, run, manifest or student.config.data.emotions)
    table = predict(student, test, run)
    scores, interval = score_predictions(table, student.classes)
    known = {"enrolment": enrol(test, student.config).to_dict()}
    known = known if known["enrolment"] else {}
    if target is not None:
        target.write_text("predictions.csv", table.to_csv(index=False))
        values = {**scores.to_dict(), "ua_interval": interval.to_dict(), **known}
        target.write_json("metrics.json", values)
    absent = [name for name, recall in scores.recall.items() if recall is None]
    notes = [told_of(known)] if known else []
    if absent:
        notes.append(f"no utterance of {', '.join(absent)}: they count in no mean.")
    return scores, interval, notes


def evaluate_teacher_run(
    path: str | os.PathLike,
    manifest: str | os.PathLike | None = None,
    out: str | os.PathLike | None = None,
) -> tuple[dict[str, ErrorRates], Counter]:
    """Free-running error rates of the teacher in the run folder `path`.

    Args:
        path: run folder.
        manifest: transcribed utterances; the run's own test part when absent.
        out: folder that receives `transcripts.csv` and `metrics.json`.

    Returns:
        Rates of "joint" (decoder and CTC head) and "greedy" (decoder alone) search,
        and the words outside the lexicon.

    Raises:
        As `evaluate_run`.
    """
    run = RunDirectory.open(path)
    target = None if out is None else _target(out)
    teacher = Teacher.load(run)
    if manifest is None:
        test = _test_part(run, run.config.data.transcripts)
    else:
        test = Manifest.read(manifest)
        require_texts(test, manifest)
    _refuse_heard(test, run, manifest or teacher.config.data.transcripts)
    results, missing = evaluate_teacher(teacher, test, run, (BEAM_WIDTH, 1))
    (joint, lines), (greedy, _) = results
    rates = {"joint": joint, "greedy": greedy}
    if target is not None:
        target.write_text(
            "transcripts.csv", transcript_table(lines).to_csv(index=False)
        )
        values = {name: each.to_dict() for name, each in rates.items()}
        target.write_json(
            "metrics.json", {"per": joint.per, "wer": joint.wer, **values}
        )
    return rates, missing


def _test_part(run, source) -> Manifest:
    """Test utterances of the run, by their keys, which tell what it never heard."""
    keys = run.read_json("split.json")["test"]
    if not keys:
        raise ProtocolError(
            f"{run.path}: every speaker trained this model, so that it has no test "
            "part. Give other speakers' speech with --manifest."
        )
    if source is None:
        raise ProtocolError(
            f"{run.path / 'config.yaml'}: the manifest of its test part did not come "
            "along. Give speech of other speakers with --manifest."
        )
    return split_part(run, Manifest.read(source), "test")


def split_part(run: RunDirectory, manifest: Manifest, name: str) -> Manifest:
    """Part "train", "validation" or "test" of the split that a run keeps.

    Raises:
        ProtocolError: if the manifest lacks one of its utterances.
    """
    keys = run.read_json("split.json")[name]
    part = manifest.where(key=keys)
    if len(part) != len(keys):
        raise ProtocolError(
            f"{run.path / 'split.json'}: the run's manifest has changed, so that its "
            f"{name} part is not what it was. Bring the manifest back, or score other "
            "speech, with --manifest."
        )
    return part


def _refuse_heard(test, run, source):
    known = shared(speakers_of(test), heard_by(run))
    if known:
        raise ProtocolError(
            f"{source}: speakers {', '.join(name for _, name in known)} trained or "
            "selected this model or its teacher, so a score on them says nothing. "
            "Leave them out; if they only share a name, fill in the column `dataset` "
            "of both manifests."
        )


def _target(out) -> RunDirectory:
    target = RunDirectory(out)
    if (target.path / "config.yaml").exists():
        raise ConfigError(
            f"{out}: this folder holds a run, whose scores would be overwritten. "
            "Choose another folder."
        )
    try:
        target.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{out}: the folder must be writable ({error.strerror or error}). "
            "Choose another one."
        ) from error
    return target
