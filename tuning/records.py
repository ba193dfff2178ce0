"""What is known of each trial, on disk: values, figures, how it ended."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import statistics
from collections.abc import Sequence
from typing import Any

from satn_keras.errors import ArtifactError
from satn_keras.experiments.protocol import Figure, select_best
from satn_keras.experiments.run_directory import replace_text

RUNNING, FINISHED, PRUNED, FAILED = "running", "finished", "pruned", "failed"


@dataclasses.dataclass(frozen=True)
class TrialRecord:
    """One trial.

    Args:
        trial: its name, a number with leading zeros.
        status: "running", "finished", "pruned" or "failed".
        values: label of each searched key that has an effect.
        epochs: that Hyperband gave; None elsewhere.
        objective: what the search algorithm was told; None before the end.
        runs: figures of each training: seed, fold, ua, wa, epoch, seconds.
        folds: names of all inner folds, in their order.
        seeds: of the trainings of each fold.
        message: why it failed, or was pruned.
        worker: who ran it.
    """

    trial: str
    status: str
    values: dict[str, str]
    folds: tuple[str, ...]
    seeds: tuple[int, ...]
    epochs: int | None = None
    objective: float | None = None
    runs: tuple[dict[str, Any], ...] = ()
    message: str = ""
    worker: str = ""

    @property
    def figures(self) -> dict[str, float]:
        """Mean UA over seeds of each fold whose seeds have all been run."""
        found = {}
        for fold in self.folds:
            values = [run["ua"] for run in self.runs if run["fold"] == fold]
            if len(values) == len(self.seeds):
                found[fold] = statistics.fmean(values)
        return found

    @property
    def ua(self) -> float | None:
        """Mean development UA over the folds that have been run."""
        figures = self.figures
        return statistics.fmean(figures.values()) if figures else None

    @property
    def deviation(self) -> float | None:
        """Sample deviation of the UA over folds."""
        figures = self.figures
        return statistics.stdev(figures.values()) if len(figures) > 1 else None

    @property
    def seconds(self) -> float:
        """That the trainings took."""
        return sum(run["seconds"] for run in self.runs)


class Records:
    """The trials of a search folder, one file each, written whole or not at all."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder / "trials"

    def trial_folder(self, trial: str) -> pathlib.Path:
        """Folder of the trainings of a trial."""
        return self.folder / trial

    def write(self, record: TrialRecord) -> None:
        """Keep a record in the place of the trial's earlier one."""
        path = self.trial_folder(record.trial) / "trial.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(dataclasses.asdict(record), indent=2, ensure_ascii=False)
        replace_text(path, text + "\n")

    def read(self) -> list[TrialRecord]:
        """Every trial, in the order in which they began.

        Raises:
            ArtifactError: if a file is damaged.
        """
        paths = self.folder.glob("*/trial.json")
        return [_read(path) for path in sorted(paths, key=_number)]

    def finished(self, epochs: int | None = None) -> list[TrialRecord]:
        """Trials that ran every fold, with as many epochs."""
        return [
            record
            for record in self.read()
            if record.status == FINISHED and record.epochs == epochs
        ]


def best_record(records: Sequence[TrialRecord], outer: str) -> TrialRecord | None:
    """Finished trial of the best mean development UA; the first of equals.

    Args:
        records: of one search.
        outer: name of the outer fold, whose development speakers gave the figures.
    """
    finished = {each.trial: each for each in records if each.status == FINISHED}
    if not finished:
        return None
    figures = [
        Figure("development_ua", each.ua, "validation", outer, trial)
        for trial, each in finished.items()
    ]
    return finished[select_best(figures).candidate]


def _number(path: pathlib.Path) -> int:
    return int(path.parent.name)


def _read(path: pathlib.Path) -> TrialRecord:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        for name in ("folds", "seeds", "runs"):
            values[name] = tuple(values[name])
        return TrialRecord(**values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError(
            f"{path}: damaged ({error}). Remove this file to leave the trial out."
        ) from error
