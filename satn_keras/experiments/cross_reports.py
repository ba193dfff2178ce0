"""Report of a cross-validation, made anew from its files at any time."""

from __future__ import annotations

import pandas as pd

from satn_keras.evaluation import (
    Report,
    Section,
    plot_confusion,
    plot_histories,
    plot_mean_confusion,
    plot_reliability,
    plot_weight_curve,
    recall_table,
    reliability,
    settings_table,
)
from satn_keras.experiments.cross_scores import (
    fold_table,
    interval_of,
    over_seeds_table,
    run_paths,
)
from satn_keras.experiments.dataset_scores import dataset_table
from satn_keras.experiments.enrolment import told_of
from satn_keras.experiments.predictions import truth_and_posteriors
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.run_reports import scores_of


def cross_report(whole: RunDirectory, table: pd.DataFrame, metrics: dict) -> Report:
    """Report of the finished folds and seeds of a cross-validation.

    Args:
        whole: its folder.
        table: its predictions.
        metrics: what `metrics.json` holds, or will.
    """
    config, classes = whole.config, tuple(metrics["classes"])
    mean, interval = metrics["test_mean"]["ua"], interval_of(metrics)
    deviation = mean["deviation"]
    spread = "" if deviation is None else f" ± {deviation:.3f}"
    folds, seeds = metrics["folds"], metrics["seeds"]
    summary = (
        f"UA **{mean['mean']:.3f}**{spread} (mean and deviation of {len(folds)} folds, "
        f"{config.protocol.folds}; {len(seeds)} seeds), pooled {interval} with its "
        f"{interval.level:.0%} interval over {interval.num_units} {interval.unit}s; "
        f"chance is {1 / len(classes):.3f}. System `{config.system.name}`, "
        f"{metrics['parameters']} parameters, transfer weight {_weight(whole)}; "
        f"trained for {_seconds(whole, metrics) / 3600:.2f} h in all."
    ) + _remarks(metrics)
    whole.figures.mkdir(exist_ok=True)
    sections = [Section("Scores", _scores_text(metrics), table=fold_table(metrics))]
    if "datasets" in metrics:
        sections.append(_datasets_section(metrics))
    if len(seeds) > 1:
        sections.append(
            Section("Over seeds", "Means over folds.", table=over_seeds_table(metrics))
        )
    sections += [
        _confusion_section(whole, metrics, classes),
        _calibration_section(whole, table, metrics, classes),
        *_weight_sections(whole, classes),
        *_training_sections(whole),
        Section("Settings", table=settings_table(config.model_dump())),
    ]
    return Report(f"Cross-validation {whole.path.name}", summary, sections)


def _weight(whole) -> str:
    if (whole.path / "weights.json").exists():
        return "chosen fold by fold"
    return f"{whole.config.transfer.weight:g}"


def _seconds(whole, metrics) -> float:
    """Of every run, those of weights that were not chosen too."""
    if (whole.path / "weights.json").exists():
        return whole.read_json("weights.json").get("training_seconds", 0.0)
    return metrics["training_seconds"]


def _remarks(metrics) -> str:
    text = ""
    left_out = sorted({*metrics["seeds"]} - {*metrics["seeds_in_mean"]})
    if left_out:
        seeds = ", ".join(map(str, left_out))
        text += f" Seed {seeds} has not run every fold and is not in the mean."
    if "men_mean" in metrics:
        men = metrics["men_mean"]
        text += (
            f" Over the folds that test men alone, as some papers do: UA "
            f"{men['ua']['mean']:.3f}, WA {men['wa']['mean']:.3f}."
        )
    if "enrolment" in metrics:
        text += f" {told_of(metrics)}"
    return text


def _scores_text(metrics) -> str:
    chosen = "What was chosen was chosen on a fold's validation speakers (dev)"
    selected = [run["selected"] or {} for run in metrics["runs"]]
    if all(each.get("selection") == "last" for each in selected):
        chosen = "The weights are those of the last epoch, without a choice"
    return (
        f"{chosen}; the test speakers of a fold were scored once. `pooled` counts the "
        "decisions of all runs together."
    )


def _datasets_section(metrics) -> Section:
    text = (
        "Each test dataset by itself, means over seeds. A class that a dataset lacks "
        "counts in none of its means, and its chance is that of the others."
    )
    return Section("By test dataset", text, table=dataset_table(metrics["datasets"]))


def _confusion_section(whole, metrics, classes) -> Section:
    pooled = plot_confusion(
        metrics["confusion"],
        classes,
        whole.figures / "confusion.png",
        title="All test speakers, counts",
    )
    mean = plot_mean_confusion(
        metrics["mean_confusion"],
        classes,
        whole.figures / "mean_confusion.png",
        title="Mean of the folds' rows",
    )
    table = recall_table(scores_of(metrics))
    return Section("Recall by class", table=table, figures=[pooled, mean])


def _calibration_section(whole, table, metrics, classes) -> Section:
    bins = reliability(*truth_and_posteriors(table, classes))
    figure = plot_reliability(bins, whole.figures / "reliability.png")
    error = metrics["calibration"]["expected_calibration_error"]
    text = f"Expected calibration error {error:.3f}."
    return Section("Calibration", text, figures=[figure])


def _weight_sections(whole, classes) -> list[Section]:
    if not (whole.path / "weights.json").exists():
        return []
    record = whole.read_json("weights.json")
    if "chosen" not in record:
        return []
    table = pd.DataFrame(record["chosen"])
    figure = plot_weight_curve(
        [float(weight) for weight in record["test_ua"]],
        list(record["test_ua"].values()),
        whole.figures / "weights.png",
        chance=1 / len(classes),
        title="UA of the test parts against the weight of transfer",
    )
    text = (
        "Chosen on each fold's validation part. The curve was drawn after the choice "
        "and chose nothing."
    )
    return [Section("Weight of transfer", text, table=table, figures=[figure])]


def _training_sections(whole) -> list[Section]:
    histories, selected = {}, {}
    for path in run_paths(whole.path):
        if (path / "history.csv").exists():
            history = pd.read_csv(path / "history.csv")
            history["epoch"] += 1
            name = f"{path.parent.name} {path.name}"
            histories[name] = history
            selected[name] = RunDirectory(path).read_json("selected.json").get("epoch")
    if not histories:
        return []
    path = whole.figures / "learning_curves.png"
    figure = plot_histories(histories, path, selected, title="Learning curves")
    return [Section("Training", figures=[figure])]
