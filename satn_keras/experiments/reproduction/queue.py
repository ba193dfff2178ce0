"""What of a table is still to be run, and what a run has cost."""

from __future__ import annotations

import pathlib
import statistics
from collections.abc import Iterable

from satn_keras.experiments.cross_validation import CrossValidation
from satn_keras.experiments.run_directory import RunDirectory


def queue_of(plans: Iterable[CrossValidation]) -> str:
    """How many runs there are to do, and how long those took that are done.

    Args:
        plans: of the rows, with the names of their folds.
    """
    runs = [
        RunDirectory(pathlib.Path(plan.path) / f"seed-{seed}" / fold)
        for plan in plans
        for seed in plan.seeds or (plan.config.seed,)
        for fold in plan.fold_names
    ]
    seconds = [
        run.read_json("metrics.json")["training_seconds"]
        for run in runs
        if run.is_finished
    ]
    text = f"{len(runs) - len(seconds)} of {len(runs)} runs to do"
    if not seconds:
        return text
    return f"{text}; those done took {statistics.median(seconds):.0f} s each (median)"
