"""KerasTuner's oracles, which write whole files, end on failures and lose no trial."""

from __future__ import annotations

import json
import pathlib
import warnings

import keras_tuner
from keras_tuner import synchronized
from sklearn.exceptions import ConvergenceWarning

from satn_keras.experiments.run_directory import replace_text
from satn_keras.tuning.hyperparameters import hyperparameters
from satn_keras.tuning.plan import SearchPlan

OBJECTIVE = "ua"
COLLISIONS = 1000  # draws after which a space is taken for exhausted
STOPPED = {"status": "STOPPED", "values": None}


class _Enduring:
    """What every oracle here does besides its own.

    - A search ends where more trials have failed than may.
    - A worker without work waits while others have trials, so that one is there to
      take over what a lost worker leaves; it then ends as all do.
    - A search that is taken up again tries its failed trials anew.
    """

    max_failures = 0
    _max_collisions = COLLISIONS

    @property
    def num_failed(self) -> int:
        """Trials that have failed so far."""
        return sum(trial.status == "FAILED" for trial in self.trials.values())

    @property
    def has_failed(self) -> bool:
        """Whether more trials have failed than may."""
        return self.num_failed > self.max_failures

    @synchronized
    def create_trial(self, tuner_id):
        waiting, self._retry_queue = self._retry_queue, []
        if not self.has_failed:
            self._retry_queue = waiting
        trial = super().create_trial(tuner_id)
        self._retry_queue = waiting
        if trial.status == "STOPPED" and self.ongoing_trials and not self.has_failed:
            self.tuner_ids.add(tuner_id)
            trial.status = "IDLE"
        return trial

    @synchronized
    def end_trial(self, trial):
        # Of a worker that was given up too early, or whose chief began anew.
        if trial.trial_id in self._retry_queue:
            self._retry_queue.remove(trial.trial_id)
        super().end_trial(trial)

    def populate_space(self, trial_id):
        if self.has_failed:
            return STOPPED
        response = super().populate_space(trial_id)
        values = response.get("values")
        if values and "tuner/epochs" not in values and self._duplicate(values):
            # A model of what was tried may ask for the same again.
            values = self._random_values()
            return {**response, "values": values} if values else STOPPED
        return response

    @synchronized
    def give_up(self, tuner_id):
        """Take a lost worker's trial from it; returns the trial's name, if any."""
        self.tuner_ids.discard(tuner_id)
        trial = self.ongoing_trials.pop(tuner_id, None)
        if trial is None:
            return None
        self._retry_queue.append(trial.trial_id)
        self.save()
        return trial.trial_id

    @synchronized
    def is_over(self):
        """Whether nobody has a trial, and everybody was told that there is none."""
        return not self.ongoing_trials and not self.tuner_ids

    def save(self):
        replace_text(
            pathlib.Path(self._get_oracle_fname()), json.dumps(self.get_state())
        )

    def reload(self):
        super().reload()
        for trial in self.trials.values():
            if trial.status == "FAILED":
                trial.status = "INVALID"
                self._retry_queue.append(trial.trial_id)
                if trial.trial_id in self.end_order:
                    self.end_order.remove(trial.trial_id)

    def _save_trial(self, trial):
        path = pathlib.Path(self._get_trial_dir(trial.trial_id)) / "trial.json"
        replace_text(path, json.dumps(trial.get_state()))


class _Random(_Enduring, keras_tuner.oracles.RandomSearchOracle):
    pass


class _Bayesian(_Enduring, keras_tuner.oracles.BayesianOptimizationOracle):
    def populate_space(self, trial_id):
        with warnings.catch_warnings():  # a few trials say little about length scales
            warnings.simplefilter("ignore", ConvergenceWarning)
            return super().populate_space(trial_id)


class _Hyperband(_Enduring, keras_tuner.oracles.HyperbandOracle):
    pass


def make_oracle(plan: SearchPlan) -> keras_tuner.Oracle:
    """Oracle of a plan; it proposes settings and knows how the trials ended."""
    settings = {
        "objective": keras_tuner.Objective(OBJECTIVE, "max"),
        "hyperparameters": hyperparameters(plan.space),
        "allow_new_entries": False,
        "seed": plan.config.seed or None,
        # Failures are counted here, and not only those in a row.
        "max_consecutive_failed_trials": plan.trials + 1,
    }
    if plan.algorithm == "hyperband":
        epochs = plan.config.student_training.epochs
        oracle = _Hyperband(max_epochs=epochs, **settings)
        oracle.max_trials = plan.trials
    else:
        kind = {"random": _Random, "bayesian": _Bayesian}[plan.algorithm]
        oracle = kind(max_trials=plan.trials, **settings)
    oracle.max_failures = plan.max_failures
    oracle.verbose = 0
    return oracle
