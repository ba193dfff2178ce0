"""Scores of many folds and seeds: by run, mean over folds, pooled."""

from __future__ import annotations

import os
import pathlib
import statistics
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from satn_keras.corpora import Manifest
from satn_keras.evaluation import (
    Interval,
    bootstrap_interval,
    mean_confusion,
    reliability,
    score,
)
from satn_keras.evaluation.scores import METRICS
from satn_keras.experiments.predictions import read_table, truth_and_posteriors
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.run_reports import names_of, scores_of

INDEX = ("seed", "fold")


def run_paths(path: str | os.PathLike) -> list[pathlib.Path]:
    """Finished runs of a cross-validation, by seed and fold."""
    found = pathlib.Path(path).glob("seed-*/*/metrics.json")
    return sorted((each.parent for each in found), key=_place)


def read_predictions(path: str | os.PathLike) -> pd.DataFrame:
    """Test predictions of a run or of a cross-validation.

    Returns:
        Columns seed, fold, key, speaker, truth and one probability a class.

    Raises:
        ArtifactError: if there are none, or a file is damaged.
    """
    path = pathlib.Path(path)
    parts = run_paths(path)
    if parts:
        tables = [read_table(part).assign(**_labels(part)) for part in parts]
        table = pd.concat(tables, ignore_index=True)
        return table[[*INDEX, *table.columns.drop(list(INDEX))]]
    run = RunDirectory.open(path)
    return read_table(path).assign(seed=run.config.seed, fold=path.name)


def summarize(
    path: str | os.PathLike,
    table: pd.DataFrame,
    classes: Sequence[str],
    men_folds: Collection[str] = (),
) -> dict:
    """What is known of a cross-validation, for `metrics.json`.

    `mean` is the mean over folds, then over the seeds that have run them all, which
    is what papers print;
    `deviation` that of the folds and, with several seeds, `seed_deviation` that of
    the seeds' means. `pooled` counts all decisions together.

    Args:
        path: folder of the cross-validation.
        table: its predictions.
        classes: emotions in the order of the posterior.
        men_folds: folds whose test speakers are men, where each session gives two
            folds: `men_mean` is the mean over them, which some papers print.
    """
    runs = [_run_record(each) for each in run_paths(path)]
    truth, posteriors = truth_and_posteriors(table, classes)
    interval = bootstrap_interval(truth, posteriors, table["speaker"].tolist())
    scores = [scores_of(run) for run in runs]
    summary = {
        "kind": "cross-validation",
        **score(truth, posteriors, classes).to_dict(),
        "ua_interval": interval.to_dict(),
        "calibration": reliability(truth, posteriors).to_dict(),
        "folds": sorted({run["fold"] for run in runs}),
        "seeds": sorted({run["seed"] for run in runs}),
        "mean_confusion": np.round(mean_confusion(scores), 6).tolist(),
        "parameters": runs[0]["parameters"],
        "training_seconds": sum(run["training_seconds"] for run in runs),
        "runs": [
            {key: value for key, value in run.items() if key in _SHOWN} for run in runs
        ],
    }
    if all("enrolment" in run for run in runs):
        taken = sum(run["enrolment"]["taken_out"] for run in runs)
        utterances = runs[0]["enrolment"]["utterances"]
        summary["enrolment"] = {"utterances": utterances, "taken_out": taken}
    # A seed that has not run every fold would weigh the folds it has run twice.
    complete = [run for run in runs if run["seed"] in _whole_seeds(runs)] or runs
    summary["seeds_in_mean"] = sorted({run["seed"] for run in complete})
    summary["test_mean"] = _means(_rows(complete, "test"))
    if all(run.get("validation") for run in complete):
        summary["validation_mean"] = _means(_rows(complete, "validation"))
    men = [run for run in complete if run["fold"] in men_folds]
    if men:
        summary["men_mean"] = _means(_rows(men, "test"))
    return summary


def men_folds(whole: RunDirectory, manifest: Manifest) -> set[str]:
    """Folds that test men, where each session gives two folds."""
    protocol = whole.config.protocol
    if protocol.folds != "leave_one_session_out" or protocol.directions != "both":
        return set()
    men = set(manifest.where(gender="male").speakers)
    return {
        path.name
        for path in run_paths(whole.path)
        if men.issuperset(names_of(RunDirectory(path).read_json("split.json"), "test"))
    }


def over_seeds_table(metrics: dict) -> pd.DataFrame:
    """Mean over folds of each seed, and their mean and deviation."""
    rows = pd.DataFrame(metrics["runs"]).groupby("seed")[list(METRICS)].mean()
    rows.index = rows.index.map(str)
    spread = rows.std(ddof=1) if len(rows) > 1 else rows.iloc[0] * np.nan
    extra = pd.DataFrame({"mean": rows.mean(), "deviation": spread}).T
    return pd.concat([rows, extra]).rename_axis("seed")


def fold_table(metrics: dict) -> pd.DataFrame:
    """Scores of each run, and the mean, deviation and pooled scores."""
    rows = [
        {
            "seed": run["seed"],
            "fold": run["fold"],
            "dev ua": (run.get("validation") or {}).get("ua"),
            **{name: run[name] for name in METRICS},
            "epoch": (run["selected"] or {}).get("epoch"),
            "utterances": run["num_utterances"],
        }
        for run in metrics["runs"]
    ]
    test, dev = metrics["test_mean"], metrics.get("validation_mean", {})
    for kind in ("mean", "deviation"):
        rows.append(
            {
                "fold": kind,
                "dev ua": dev.get("ua", {}).get(kind),
                **{name: test[name][kind] for name in METRICS},
            }
        )
    pooled = {name: metrics[name] for name in METRICS}
    rows.append({"fold": "pooled", **pooled, "utterances": metrics["num_utterances"]})
    table = pd.DataFrame(rows)
    kinds = {name: "Int64" for name in ("seed", "epoch", "utterances")}
    return table.astype(kinds)


def interval_of(metrics: dict) -> Interval:
    """Interval of the pooled `ua`."""
    return Interval(**metrics["ua_interval"])


_SHOWN = (
    *INDEX,
    *METRICS,
    "recall",
    "validation",
    "selected",
    "num_utterances",
    "training_seconds",
)


def _run_record(path: pathlib.Path) -> dict:
    return {"training_seconds": 0.0, **_metrics(path), **_labels(path)}


def _metrics(path: pathlib.Path) -> dict:
    return RunDirectory(path).read_json("metrics.json")


def _labels(path: pathlib.Path) -> dict:
    return {"seed": int(path.parent.name.removeprefix("seed-")), "fold": path.name}


def _place(path: pathlib.Path) -> tuple[int, str]:
    return int(path.parent.name.removeprefix("seed-")), path.name


def _rows(runs: list[dict], part: str) -> pd.DataFrame:
    parts = [run if part == "test" else run["validation"] for run in runs]
    rows = pd.DataFrame([{name: values[name] for name in METRICS} for values in parts])
    rows.insert(0, "seed", [run["seed"] for run in runs])
    return rows


def _means(rows: pd.DataFrame) -> dict:
    summary = {}
    for name in METRICS:
        by_seed = rows.groupby("seed")[name]
        means = by_seed.mean().tolist()
        alone = by_seed.count().min() < 2
        summary[name] = {
            "mean": statistics.fmean(means),
            "deviation": None if alone else float(by_seed.std(ddof=1).mean()),
            "seed_deviation": statistics.stdev(means) if len(means) > 1 else None,
        }
    return summary


def _whole_seeds(runs: list[dict]) -> list[int]:
    """Seeds that have run every fold that any seed has."""
    folds = {run["fold"] for run in runs}
    by_seed: dict[int, set] = {}
    for run in runs:
        by_seed.setdefault(run["seed"], set()).add(run["fold"])
    return sorted(seed for seed, own in by_seed.items() if own == folds)
