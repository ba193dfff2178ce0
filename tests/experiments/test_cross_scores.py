"""Figures of many folds and seeds, against paper and pencil."""

import json

import pandas as pd
import pytest
from sklearn.metrics import balanced_accuracy_score

from satn_keras.errors import ArtifactError
from satn_keras.experiments.cross_reports import cross_report
from satn_keras.experiments.cross_scores import (
    fold_table,
    over_seeds_table,
    read_predictions,
    summarize,
)
from satn_keras.experiments.run_directory import RunDirectory
from tests.support.small_runs import CLASSES, decided, write_crossed, write_run

# UA of the four runs: 1/2, 1, 3/4, 0.
RUNS = {
    (1, "anna"): decided("anna", "ccll", "lccl"),
    (1, "bert"): decided("bert", "cl", "cl"),
    (2, "anna"): decided("anna", "ccll", "cclc"),
    (2, "bert"): decided("bert", "cl", "lc"),
}


@pytest.fixture
def crossed(tmp_path):
    return write_crossed(tmp_path / "crossed", RUNS)


@pytest.fixture
def metrics(crossed):
    return summarize(crossed, read_predictions(crossed), CLASSES)


def test_predictions_of_all_runs_stand_in_one_table(crossed):
    table = read_predictions(crossed)
    assert list(table.columns) == ["seed", "fold", "key", "speaker", "truth", *CLASSES]
    assert len(table) == 12
    assert table.groupby(["seed", "fold"]).size().tolist() == [4, 2, 4, 2]


def test_a_single_run_is_read_as_one_fold(tmp_path):
    write_run(tmp_path / "run", RUNS[1, "bert"])
    table = read_predictions(tmp_path / "run")
    assert table[["seed", "fold"]].drop_duplicates().values.tolist() == [[1, "run"]]


def test_where_there_is_no_run_the_folder_is_named(tmp_path):
    with pytest.raises(ArtifactError, match="no run here"):
        read_predictions(tmp_path)


def test_the_mean_is_over_folds_and_then_over_seeds(metrics):
    # Seed 1: (0.5 + 1) / 2, seed 2: (0.75 + 0) / 2.
    ua = metrics["test_mean"]["ua"]
    assert ua["mean"] == pytest.approx((0.75 + 0.375) / 2)
    assert ua["seed_deviation"] == pytest.approx(0.375 / 2**0.5)
    # Deviations of two values are their distance by the root of two.
    assert ua["deviation"] == pytest.approx((0.5 + 0.75) / 2 / 2**0.5)


def test_pooled_figures_are_scikit_learn_s_over_all_decisions(crossed, metrics):
    table = read_predictions(crossed)
    decision = table[list(CLASSES)].idxmax(axis=1)
    expected = balanced_accuracy_score(table["truth"], decision)
    assert metrics["ua"] == pytest.approx(expected)
    assert metrics["num_utterances"] == 12
    assert metrics["ua_interval"]["num_units"] == 2  # speakers


def test_what_was_run_is_told(metrics):
    assert metrics["folds"] == ["anna", "bert"]
    assert metrics["seeds"] == [1, 2]
    assert metrics["training_seconds"] == pytest.approx(6.0)
    assert metrics["validation_mean"]["ua"]["mean"] == pytest.approx(0.5)


def test_the_mean_confusion_weighs_folds_alike(metrics):
    # Rows of calm: anna (1/2, 1/2) and (1, 0), bert (1, 0) and (0, 1).
    assert metrics["mean_confusion"][0] == pytest.approx([2.5 / 4, 1.5 / 4])


def test_the_table_of_folds_ends_with_mean_deviation_and_pooled(metrics):
    table = fold_table(metrics)
    assert table["fold"].tolist() == [
        *("anna", "bert", "anna", "bert"),
        *("mean", "deviation", "pooled"),
    ]
    assert table["ua"].tolist()[:4] == [0.5, 1.0, 0.75, 0.0]


def test_the_table_of_seeds_has_the_mean_of_each(metrics):
    table = over_seeds_table(metrics)
    assert table.loc[["1", "2"], "ua"].tolist() == [0.75, 0.375]
    assert table.loc["mean", "ua"] == pytest.approx(0.5625)
    assert pd.notna(table.loc["deviation", "ua"])


def test_what_enrolment_took_out_of_each_run_is_added_up(crossed):
    for (seed, fold), taken in zip(RUNS, (3, 6, 3, 6), strict=True):
        path = crossed / f"seed-{seed}" / fold / "metrics.json"
        values = {"utterances": 3, "speakers": taken // 3, "taken_out": taken}
        metrics = {**json.loads(path.read_text()), "enrolment": values}
        path.write_text(json.dumps(metrics))
    metrics = summarize(crossed, read_predictions(crossed), CLASSES)
    assert metrics["enrolment"] == {"utterances": 3, "taken_out": 18}
    report = cross_report(RunDirectory(crossed), read_predictions(crossed), metrics)
    assert "by 3 unlabelled utterances each, not scored (18 in all)" in report.summary
