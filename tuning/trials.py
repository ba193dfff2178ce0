"""One trial: a cross-validation over development speakers, kept fold by fold."""

from __future__ import annotations

import dataclasses
import pathlib
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from satn_keras.config import ExperimentConfig
from satn_keras.experiments.development import Development, InnerFold
from satn_keras.experiments.run_directory import replace_text
from satn_keras.experiments.systems import system_class
from satn_keras.tuning.dimensions import label_of
from satn_keras.tuning.hyperparameters import point_of
from satn_keras.tuning.plan import SearchPlan
from satn_keras.tuning.pruning import best_of, expected
from satn_keras.tuning.records import (
    FAILED,
    FINISHED,
    PRUNED,
    RUNNING,
    Records,
    TrialRecord,
)

# Of one training: (config, development, fold, path, progress, earlier, resumable).
Evaluate = Callable[..., dict]
Tell = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class TrialRunner:
    """Runs trials of a search and keeps their records.

    Args:
        plan: the search.
        development: the utterances it may hear, divided.
        records: of the search's folder.
        evaluate: trains and scores one inner fold; `train_and_score`, unless a
            search is to be tried without training.
        worker: name of this process, where there are several.
        progress: called with (utterances read, of how many).
        tell: called with a line after each trial.
    """

    plan: SearchPlan
    development: Development
    records: Records
    evaluate: Evaluate
    worker: str = ""
    progress: Callable[[int, int], None] | None = None
    tell: Tell = print

    def run(self, trial: str, values: Mapping[str, Any]) -> float:
        """Figure of a trial for the search algorithm: its mean development UA.

        Trainings that an earlier process finished are read. A trial that is pruned
        gives the mean that it would reach (`expected`).

        Args:
            trial: its name.
            values: as KerasTuner calls them.

        Raises:
            Exception: what a training raised, after it was put on record.
        """
        point = point_of(self.plan.space, values)
        record = TrialRecord(
            trial,
            RUNNING,
            {key: label_of(value) for key, value in point.items()},
            tuple(fold.name for fold in self.development.folds),
            self.plan.all_seeds,
            values.get("tuner/epochs"),
            worker=self.worker,
        )
        self.records.write(record)
        try:
            config = trial_config(self.plan, point, record.epochs)
            record = self._cross_validate(record, config, values.get("tuner/trial_id"))
        except Exception as error:
            self._fail(error, record)
            raise
        record = dataclasses.replace(record, objective=self._objective(record))
        self.records.write(record)
        self.tell(line_of(record))
        return record.objective

    def _cross_validate(self, record, config, earlier: str | None) -> TrialRecord:
        """The record with every fold's figures, or with those before it stopped."""
        earlier = earlier if _goes_on(config) else None
        for fold in self.development.folds:
            for seed in self.plan.all_seeds:
                figures = self._train(record, config, fold, seed, earlier)
                run = {"seed": seed, "fold": fold.name, **figures}
                record = dataclasses.replace(record, runs=(*record.runs, run))
                self.records.write(record)
            best = self._best(record)
            if self.plan.pruning and self.plan.pruning.stops(record.figures, best):
                done = len(record.figures)
                message = f"clearly behind the best after {done} folds"
                return dataclasses.replace(record, status=PRUNED, message=message)
        return dataclasses.replace(record, status=FINISHED)

    def _train(self, record, config, fold: InnerFold, seed: int, earlier) -> dict:
        place = pathlib.Path(f"seed-{seed}") / fold.name
        folder = self.records.trial_folder
        figures = self.evaluate(
            config.model_copy(update={"seed": seed}),
            self.development,
            fold,
            folder(record.trial) / place,
            self.progress,
            earlier=None if earlier is None else folder(earlier) / place,
            resumable=record.epochs is not None,
        )
        return {"seconds": 0.0, **figures}

    def _objective(self, record: TrialRecord) -> float:
        if record.status == PRUNED:
            return expected(record.figures, self._best(record))
        return record.ua

    def _best(self, record: TrialRecord) -> dict[str, float] | None:
        """Figures of the best other trial that ran every fold with as many epochs."""
        return best_of(
            each.figures
            for each in self.records.finished(record.epochs)
            if each.trial != record.trial
        )

    def _fail(self, error: Exception, record: TrialRecord) -> None:
        kept = {each.trial: each for each in self.records.read()}  # with its figures
        message = " ".join(str(error).split()) or type(error).__name__
        failed = dataclasses.replace(
            kept.get(record.trial, record), status=FAILED, message=message
        )
        folder = self.records.trial_folder(record.trial)
        replace_text(folder / "failure.txt", traceback.format_exc())
        self.records.write(failed)
        self.tell(f"{line_of(failed)}; see {folder / 'failure.txt'}")


class News:
    """Tells, when called, of the trials that others have ended since the last call.

    Args:
        records: of the search.
        tell: called with a line for each.
    """

    def __init__(self, records: Records, tell: Tell):
        self.records = records
        self.tell = tell
        self._told = {each.trial for each in self._ended()}

    def __call__(self) -> None:
        for record in self._ended():
            if record.trial not in self._told:
                self._told.add(record.trial)
                self.tell(f"worker {record.worker}: {line_of(record)}")

    def _ended(self) -> list[TrialRecord]:
        return [each for each in self.records.read() if each.status != RUNNING]


def trial_config(
    plan: SearchPlan, point: Mapping[str, Any], epochs: int | None = None
) -> ExperimentConfig:
    """Recipe of a trial: the searched values, and the epochs that Hyperband gives."""
    config = plan.space.apply(point)
    if epochs is None:
        return config
    training = config.student_training.model_copy(update={"epochs": epochs})
    return config.model_copy(update={"student_training": training})


def line_of(record: TrialRecord) -> str:
    """A trial in one line."""
    values = ", ".join(f"{key}={label}" for key, label in record.values.items())
    epochs = f", {record.epochs} epochs" if record.epochs else ""
    folds = f"{len(record.figures)} of {len(record.folds)} folds"
    line = f"trial {record.trial} ({values}{epochs}): {record.status}"
    if record.ua is not None:
        spread = "" if record.deviation is None else f" ± {record.deviation:.3f}"
        line += f", development ua {record.ua:.3f}{spread} over {folds}"
    if record.seconds:
        line += f", {time.strftime('%H:%M:%S', time.gmtime(record.seconds))}"
    return f"{line}: {record.message}" if record.message else line


def _goes_on(config: ExperimentConfig) -> bool:
    """Whether more epochs are the same training going on, its rates being the same."""
    from satn_keras.experiments.students import Student

    decays = config.student_training.learning_rate_decay != "none"
    return not decays and system_class(config) is Student
