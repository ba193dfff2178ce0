"""Scores of each test dataset by itself, where several were tested together."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import pandas as pd

from satn_keras.corpora import Manifest
from satn_keras.evaluation import Interval, bootstrap_interval, score
from satn_keras.evaluation.scores import METRICS
from satn_keras.experiments.predictions import truth_and_posteriors


def by_dataset(
    table: pd.DataFrame, manifest: Manifest, classes: Sequence[str]
) -> dict[str, dict]:
    """What is known of each test dataset, for `metrics.json`.

    Scores are those of the decisions of all seeds together, `mean` their means over
    the seeds. A class that a dataset lacks counts in no mean of it and stands in
    `absent`, so that chance is one over the classes that are there.

    Args:
        table: Predictions, one row for each test utterance and seed.
        manifest: Utterances, which tell the dataset of each key.
        classes: In the order of the posterior.
    """
    datasets = {one.key: one.dataset for one in manifest}
    languages = {one.dataset: one.language for one in manifest}
    return {
        name: {
            "language": languages[name],
            "speakers": rows["speaker"].nunique(),
            **_scores(rows, classes),
        }
        for name, rows in table.groupby(table["key"].map(datasets))
    }


def dataset_table(datasets: dict[str, dict]) -> pd.DataFrame:
    """One row for each test dataset, for the report."""
    return pd.DataFrame(
        {
            "dataset": name,
            "language": each["language"],
            "speakers": each["speakers"],
            "utterances": each["num_utterances"],
            **{metric: each["mean"][metric] for metric in METRICS},
            "interval of ua": str(Interval(**each["ua_interval"])),
            "chance": each["chance"],
        }
        for name, each in datasets.items()
    )


def _scores(rows: pd.DataFrame, classes: Sequence[str]) -> dict:
    truth, posteriors = truth_and_posteriors(rows, classes)
    pooled = score(truth, posteriors, classes).to_dict()
    absent = [name for name, recall in pooled["recall"].items() if recall is None]
    interval = bootstrap_interval(truth, posteriors, rows["speaker"].tolist())
    by_seed = [
        score(*truth_and_posteriors(part, classes), classes).to_dict()
        for _, part in rows.groupby("seed")
    ]
    return {
        **pooled,
        "ua_interval": interval.to_dict(),
        "mean": {
            metric: statistics.fmean(seed[metric] for seed in by_seed)
            for metric in METRICS
        },
        "absent": absent,
        "chance": 1 / (len(classes) - len(absent)),
    }
