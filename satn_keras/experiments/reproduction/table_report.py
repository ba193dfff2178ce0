"""A reproduced table: our figures beside the published ones, with their tests."""

from __future__ import annotations

import json
import pathlib

import pandas as pd

from satn_keras.errors import ProtocolError
from satn_keras.evaluation import (
    Report,
    Section,
    plot_systems,
    write_html,
    write_report,
)
from satn_keras.evaluation.report import UNKNOWN
from satn_keras.experiments.cross_scores import interval_of, run_paths
from satn_keras.experiments.reproduction.row import Row, Table
from satn_keras.experiments.run_comparison import compare_runs, comparison_table
from satn_keras.experiments.run_directory import RunDirectory, replace_text

CELLS = ("dev_wa", "dev_ua", "wa", "ua")


def write_table(table: Table, corpus: str, out: pathlib.Path) -> pathlib.Path:
    """Report of the rows that have been run below `out`.

    Args:
        table: the published table.
        corpus: name of the corpus that ours were run on.
        out: folder of the reproduction.

    Returns:
        Path of `report.md`; `report.html` and `table.json` lie beside it.
    """
    finished = _finished(table, out)
    (out / "figures").mkdir(exist_ok=True)
    hours = sum(each["training_seconds"] for each in finished.values()) / 3600
    summary = (
        f"{len(finished)} of {len(table.rows)} rows on `{corpus}`, {hours:.2f} h of "
        f"training, the teachers' own left out. Published: {table.source} Where the "
        "corpus is another, compare rows with rows, and not with the printed figures."
    )
    sections = _sections(table, finished, out)
    report = Report(f"{table.title}, run again", summary, sections)
    rows = {row.key: _record(row, metrics) for row, metrics in finished.items()}
    record = {"table": table.name, "corpus": corpus, "rows": rows}
    replace_text(out / "table.json", json.dumps(record, indent=2) + "\n")
    write_html(report, out)
    return write_report(report, out)


def _sections(table: Table, finished: dict, out: pathlib.Path) -> list[Section]:
    systems = [row for row in finished if row.control_of is None]
    controls = [row for row in finished if row.control_of is not None]
    sections = [
        Section(
            "Systems",
            _SYSTEMS_TEXT,
            table=_figures(systems, finished, out),
            figures=[_forest(systems, finished, out)] if systems else (),
        ),
        Section(
            "Differences",
            _DIFFERENCES_TEXT,
            table=_differences([(row, row.baseline) for row in systems], finished, out),
        ),
    ]
    if table.reference in {row.key for row in finished}:
        pairs = [(row, table.reference) for row in systems]
        sections.append(
            Section(
                f"Against {table.reference}",
                "The article's z-test takes this row for its baseline.",
                table=_differences(pairs, finished, out),
            )
        )
    if controls:
        pairs = [(row, row.baseline) for row in controls]
        plain = {row.key: row.baseline for row in table.rows}
        against_none = [
            (row, plain[row.control_of or row.key])
            for row in finished
            if row.copies or row.control_of is not None
        ]
        sections += [
            Section(
                "Controls", _CONTROLS_TEXT, table=_figures(controls, finished, out)
            ),
            Section(
                "Controls against the row that they control",
                table=_differences(pairs, finished, out),
            ),
            Section(
                "Transfer and its controls against none",
                _NONE_TEXT,
                table=_differences(against_none, finished, out),
            ),
        ]
    return sections


def figures_table(table: Table, out: pathlib.Path) -> pd.DataFrame:
    """Figures of the rows that have been run below `out`, beside the published."""
    finished = _finished(table, out)
    return _figures(list(finished), finished, out)


def _finished(table: Table, out: pathlib.Path) -> dict[Row, dict]:
    return {
        row: RunDirectory(out / row.key).read_json("metrics.json")
        for row in table.rows
        if (out / row.key / "metrics.json").exists()
    }


_SYSTEMS_TEXT = (
    "Percent. `dev` is the validation part, on which epochs are chosen; `test` was "
    "scored once. Ours: mean over folds (and seeds), as the article prints; the "
    "interval is of the pooled UA, drawn over speakers."
)
_DIFFERENCES_TEXT = (
    "UA of a row minus that of the row it builds on, over the same utterances, "
    "pooled; the interval over speakers, and where several seeds were trained also "
    "over speakers and seeds, drawn together. `speakers swapped` is an exact "
    "permutation over speakers where they are few; McNemar and the article's "
    "one-tailed z-test take utterances of one speaker for independent and find too "
    "much; of several seeds they see the first. Holm's adjustment is for the rows of "
    "this table."
)
_CONTROLS_TEXT = (
    "Seeds and batches are those of the row they control, and so are the first "
    "weights but where the teacher's are taken. A map that helps as much as the "
    "trained teacher's shows that the teacher's knowledge is not what helps."
)

_NONE_TEXT = (
    "Each minus the row of the same encoder and attention without a teacher, over the "
    "seeds and folds that both have run."
)


def _figures(rows: list[Row], finished: dict, out: pathlib.Path) -> pd.DataFrame:
    lines = []
    for row in rows:
        metrics = finished[row]
        interval = interval_of(metrics)
        line = {"system": row.name}
        for cell in CELLS:
            line[_column(cell)] = _percent(_ours(metrics, cell))
        line["pooled test UA, interval"] = (
            f"{100 * interval.value:.1f} [{100 * interval.low:.1f}, "
            f"{100 * interval.high:.1f}]"
        )
        if row.control_of is None:
            for cell in CELLS:
                published = row.published.get(cell)
                line[f"published {_column(cell)}"] = (
                    UNKNOWN if published is None else f"{published:.1f}"
                )
            line["note"] = row.note or None
        else:
            line["controlled row, same folds: test UA"] = _controlled(row, metrics, out)
        line["folds"] = len(metrics["folds"])
        line["seeds"] = len(metrics["seeds"])
        line["parameters"] = metrics["parameters"]
        line["s a run"] = round(metrics["training_seconds"] / len(metrics["runs"]))
        lines.append(line)
    return pd.DataFrame(lines)


def _ours(metrics: dict, cell: str) -> float | None:
    part, name = ("validation", cell[4:]) if cell.startswith("dev_") else ("test", cell)
    return metrics.get(f"{part}_mean", {}).get(name, {}).get("mean")


def _percent(value: float | None) -> str | None:
    return None if value is None else f"{100 * value:.1f}"


def _column(cell: str) -> str:
    part, name = ("dev", cell[4:]) if cell.startswith("dev_") else ("test", cell)
    return f"{part} {name.upper()}"


def _controlled(row: Row, metrics: dict, out: pathlib.Path) -> str | None:
    """Mean UA of the row that a control stands beside, over the control's runs."""
    wanted = {(run["seed"], run["fold"]) for run in metrics["runs"]}
    runs = [_run_metrics(path) for path in run_paths(out / row.control_of)]
    same = [ua for place, ua in runs if place in wanted]
    return _percent(sum(same) / len(same)) if len(same) == len(wanted) else None


def _run_metrics(path: pathlib.Path) -> tuple[tuple[int, str], float]:
    place = (int(path.parent.name.removeprefix("seed-")), path.name)
    return place, RunDirectory(path).read_json("metrics.json")["ua"]


def _differences(pairs, finished: dict, out: pathlib.Path) -> pd.DataFrame:
    """Table of (row, key of its baseline), as far as both have been run."""
    keys = {row.key for row in finished}
    compared, baselines = [], []
    for row, baseline in pairs:
        if baseline not in keys or baseline == row.key:
            continue
        try:
            compared += compare_runs([out / baseline, out / row.key])
        except ProtocolError:
            continue  # other folds or seeds so far: nothing to pair
        baselines.append(baseline)
    if not compared:
        return pd.DataFrame({"run": [], "baseline": []})
    table = comparison_table(compared)
    table.insert(1, "baseline", baselines)
    return table


def _forest(rows: list[Row], finished: dict, out: pathlib.Path) -> pathlib.Path:
    metrics = [finished[row] for row in rows]
    return plot_systems(
        [row.name for row in rows],
        [interval_of(each) for each in metrics],
        out / "figures" / "systems.png",
        chance=1 / len(metrics[0]["classes"]),
        title="Pooled UA of the test speakers",
    )


def _record(row: Row, metrics: dict) -> dict:
    return {
        "name": row.name,
        "ours": {cell: _ours(metrics, cell) for cell in CELLS},
        "ua_interval": metrics["ua_interval"],
        "published_percent": dict(row.published),
        "note": row.note,
        "folds": metrics["folds"],
        "seeds": metrics["seeds"],
        "parameters": metrics["parameters"],
    }
