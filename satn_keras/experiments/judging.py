"""Scores of a trained emotion recogniser on its test part, written with a report."""

from __future__ import annotations

import pandas as pd

from satn_keras.corpora import Manifest
from satn_keras.evaluation import reliability
from satn_keras.experiments.enrolment import enrol, scored_posteriors
from satn_keras.experiments.folds import Fold
from satn_keras.experiments.predictions import (
    posterior_table,
    score_predictions,
    truth_and_posteriors,
)
from satn_keras.experiments.protocol import Protocol
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.run_reports import student_report, write_reports
from satn_keras.experiments.systems import System


def judge_system(
    system: System, fold: Fold, run: RunDirectory, seconds: float = 0.0
) -> dict:
    """Scores of the test part, written with predictions, figures and report.

    The validation part, on which epochs are chosen, is scored as well: its figures
    are the development figures of a paper's table, and say nothing of strangers. A
    system that trained on it has none.

    Args:
        system: trained on `fold.train`, chosen on `fold.validation`.
        fold: its test part is judged here, and nowhere else.
        run: receives `predictions.csv`, `predictions_validation.csv`,
            `metrics.json`, `protocol.json`, `figures/` and the reports.
        seconds: that the training took, of the last process where it was resumed.
    """
    protocol = Protocol(fold)
    metrics = {}
    if len(protocol.validation) and not system.trained_on_validation:
        table = predict(system, protocol.validation, run)
        run.write_text("predictions_validation.csv", table.to_csv(index=False))
        scores, _ = score_predictions(table, system.classes)
        metrics["validation"] = scores.to_dict()
        protocol.record("validation.ua", scores.ua, "validation")

    table = predict(system, protocol.open_test(), run)
    run.write_text("predictions.csv", table.to_csv(index=False))
    scores, interval = score_predictions(table, system.classes)
    for name in ("ua", "wa", "macro_f1"):
        protocol.record(name, getattr(scores, name), "test")
    metrics = {
        **scores.to_dict(),
        **metrics,
        "ua_interval": interval.to_dict(),
        "calibration": reliability(
            *truth_and_posteriors(table, system.classes)
        ).to_dict(),
        "selected": run.read_json("selected.json"),
        "system": system.config.system.name,
        "parameters": system.num_parameters,
        "training_seconds": round(seconds, 1),
        "transfer_weight": system.config.transfer.weight,
    }
    enrolment = enrol(fold.test, system.config).to_dict()
    if enrolment:
        metrics["enrolment"] = enrolment
    run.write_json("protocol.json", protocol.to_dict())
    write_reports(student_report(run, metrics), run)
    run.write_json("metrics.json", metrics)  # last: its presence ends the run
    return metrics


def leave_unjudged(system: System, run: RunDirectory, seconds: float = 0.0) -> dict:
    """`metrics.json` of a system that every speaker trained: nothing was measured."""
    metrics = {
        "untested": True,
        "selected": run.read_json("selected.json"),
        "system": system.config.system.name,
        "parameters": system.num_parameters,
        "training_seconds": round(seconds, 1),
        "transfer_weight": system.config.transfer.weight,
    }
    run.write_json("metrics.json", metrics)
    return metrics


def predict(system: System, manifest: Manifest, run: RunDirectory) -> pd.DataFrame:
    """Table of the posteriors that a system gives the utterances that are scored."""
    part, posteriors = scored_posteriors(system, manifest, run)
    return posterior_table(posteriors, part.scored, system.classes)
