"""What a search found: table, report, pictures, and the best recipe as YAML."""

from __future__ import annotations

import pathlib

import pandas as pd

from satn_keras.evaluation import Report, Section, write_html, write_report
from satn_keras.experiments.development import Development
from satn_keras.experiments.run_directory import replace_text
from satn_keras.tuning.dimensions import Dimension
from satn_keras.tuning.hyperparameters import WEIGHT
from satn_keras.tuning.pictures import plot_parallel, plot_weight_search
from satn_keras.tuning.plan import EPOCHS, SearchPlan
from satn_keras.tuning.records import (
    FAILED,
    FINISHED,
    PRUNED,
    Records,
    TrialRecord,
    best_record,
)
from satn_keras.tuning.trials import trial_config

TABLE, BEST = "trials.csv", "best.yaml"
_HONEST = (
    "The best of many trials is partly the luckiest: its development UA flatters. What "
    "it is worth is measured once, on the test speakers, who were not heard here."
)
_STOPPED = (
    "A pruned trial (hollow, or dashed) stands where it would be, were it as far "
    "behind the best on every fold as on those that it ran: its `objective`."
)


def write_results(
    plan: SearchPlan, development: Development, records: Records
) -> TrialRecord | None:
    """The best trial, after table, pictures, report and best recipe are written.

    Args:
        plan: the search; `trials.csv`, `best.yaml`, `figures/`, `report.md` and
            `report.html` go into its folder.
        development: what it heard.
        records: of its trials.

    Returns:
        None where no trial ran every fold.
    """
    trials = records.read()
    best = best_record(trials, development.name)
    replace_text(plan.folder / TABLE, trial_table(trials).to_csv(index=False))
    if best is not None:
        config = trial_config(plan, _point(plan, best), best.epochs)
        data, protocol = development.config.data, development.config.protocol
        config = config.model_copy(update={"data": data, "protocol": protocol})
        replace_text(plan.folder / BEST, config.to_yaml())
    report = search_report(plan, development, trials, best)
    write_report(report, plan.folder)
    write_html(report, plan.folder)
    return best


def trial_table(trials: list[TrialRecord]) -> pd.DataFrame:
    """One row a trial: values, mean and deviation of UA, how it ended."""
    keys = list(dict.fromkeys(key for each in trials for key in each.values))
    rows = []
    for each in trials:
        epochs = {} if each.epochs is None else {EPOCHS: each.epochs}
        rows.append(
            {
                "trial": each.trial,
                **{key: each.values.get(key) for key in keys},
                **epochs,
                "ua": each.ua,
                "deviation": each.deviation,
                "objective": each.objective,
                "folds": len(each.figures),
                "status": each.status,
                "seconds": each.seconds,
                "worker": each.worker,
                "message": each.message,
            }
        )
    return pd.DataFrame(rows)


def search_report(
    plan: SearchPlan,
    development: Development,
    trials: list[TrialRecord],
    best: TrialRecord | None,
) -> Report:
    """Report of a search; its pictures are drawn on the way."""
    table = trial_table(trials)
    if len(table):
        table = table.sort_values("objective", ascending=False, na_position="last")
        table = table.drop(columns=["worker", "message"])
    sections = [
        Section("Trials", _HONEST, table=table),
        *_weight_section(plan, development, trials),
        *_parallel_section(plan, trials),
        Section("How trials were judged", _method(plan, development)),
        *_failures(trials),
    ]
    return Report(
        f"Search {plan.folder.name}",
        _summary(plan, development, trials, best),
        sections,
    )


def _point(plan: SearchPlan, record: TrialRecord) -> dict:
    """Values of a record's labels."""
    return {
        each.key: each.values[each.labels.index(record.values[each.key])]
        for each in plan.space.searched
        if each.key in record.values
    }


def _summary(plan, development, trials, best) -> str:
    counts = ", ".join(
        f"{sum(each.status == status for each in trials)} {status}"
        for status in (FINISHED, PRUNED, FAILED)
    )
    text = f"{len(trials)} trials by {plan.algorithm} search ({counts})."
    if best is None:
        return f"{text} None ran every fold."
    values = ", ".join(f"`{key}` {label}" for key, label in best.values.items())
    epochs = f", {best.epochs} epochs" if best.epochs else ""
    spread = "" if best.deviation is None else f" ± {best.deviation:.3f}"
    chance = 1 / len(development.classes)
    return (
        f"Best: {values}{epochs}, with a development UA of **{best.ua:.3f}**{spread} "
        f"(mean and deviation of {len(best.folds)} inner folds, "
        f"{_seeds(len(best.seeds))}; chance is {chance:.3f}). {text} "
        f"The recipe is `{BEST}`; train and judge it with `{_command(plan)}`."
    )


def _seeds(number: int) -> str:
    return "one seed" if number == 1 else f"{number} seeds"


def _command(plan: SearchPlan) -> str:
    teacher = "" if plan.teacher is None else f" --teacher {plan.teacher}"
    return f"satn train {pathlib.Path(plan.path) / BEST}{teacher} --out RUN"


def _weight_section(plan, development, trials) -> list[Section]:
    weights = plan.space.values(WEIGHT)
    judged = [each for each in _judged(trials) if WEIGHT in each.values]
    if not judged or not any(weights):
        return []
    numbers = dict(zip(_of(plan, WEIGHT).labels, weights, strict=True))
    path = plot_weight_search(
        [numbers[each.values[WEIGHT]] for each in judged],
        [each.objective for each in judged],
        [each.deviation or 0.0 for each in judged],
        [each.status == FINISHED for each in judged],
        _figures(plan) / "weights.png",
        chance=1 / len(development.classes),
        title="Development UA against the weight of transfer",
    )
    text = f"One dot a trial, with its sample deviation over inner folds. {_STOPPED}"
    return [Section("Weight of transfer", text, figures=[path])]


def _parallel_section(plan, trials) -> list[Section]:
    judged = _judged(trials)
    if not judged:
        return []
    axes = {each.key: each.labels for each in plan.space.searched}
    rounds = sorted({each.epochs for each in judged if each.epochs})
    values = [dict(each.values) for each in judged]
    if rounds:
        axes[EPOCHS] = tuple(map(str, rounds))
        for row, each in zip(values, judged, strict=True):
            row[EPOCHS] = str(each.epochs)
    path = plot_parallel(
        axes,
        values,
        [each.objective for each in judged],
        [each.status == FINISHED for each in judged],
        _figures(plan) / "parallel.png",
        title="Every trial, from its settings to its development UA",
    )
    text = f"A setting without effect is at the dash. {_STOPPED}"
    return [Section("Settings and UA", text, figures=[path])]


_CHOICES = {
    "apart": "chosen by speakers apart from those who score.",
    "same": "chosen by the speakers who score: the UA flatters every trial.",
    "last": "chosen by nobody: the last one is kept.",
}


def _method(plan: SearchPlan, development: Development) -> str:
    lines = [
        f"- Kept out, and not heard: {', '.join(development.kept_out)} (test speakers "
        f"of fold {development.name}).",
        f"- Development: {len(development.manifest)} utterances of "
        f"{len(development.manifest.speakers)} speakers, in {len(development.folds)} "
        "inner folds; each speaker scores in one.",
        f"- Epoch {_CHOICES[plan.choice]}",
        f"- Seeds of each trial: {', '.join(map(str, plan.all_seeds))}.",
        "- Pruning: "
        + (
            f"a trial more than {plan.pruning.margin:g} UA behind the best on the same "
            f"folds stopped after {plan.pruning.after} folds or later."
            if plan.pruning
            else "none; every trial ran every fold."
        ),
    ]
    if development.teacher_heard:
        lines.append(
            "- The teacher has heard development speakers "
            f"({', '.join(development.teacher_heard)}), their words and not their "
            "emotions: figures of weights above 0 may flatter."
        )
    return "\n".join(lines)


def _failures(trials) -> list[Section]:
    failed = [each for each in trials if each.status == FAILED]
    if not failed:
        return []
    rows = [{"trial": each.trial, "message": each.message} for each in failed]
    text = "Tracebacks are in `trials/<trial>/failure.txt`."
    return [Section("Failed trials", text, table=pd.DataFrame(rows))]


def _of(plan: SearchPlan, key: str) -> Dimension:
    return next(each for each in plan.space.dimensions if each.key == key)


def _judged(trials: list[TrialRecord]) -> list[TrialRecord]:
    return [each for each in trials if each.status in (FINISHED, PRUNED)]


def _figures(plan: SearchPlan) -> pathlib.Path:
    return plan.folder / "figures"
