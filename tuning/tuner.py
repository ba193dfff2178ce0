"""KerasTuner's loop over trials, each a cross-validation over development speakers."""

from __future__ import annotations

import contextlib
import io
import time

from keras_tuner.engine.base_tuner import BaseTuner
from keras_tuner.src import config

from satn_keras.tuning.oracles import OBJECTIVE, make_oracle
from satn_keras.tuning.plan import SearchPlan
from satn_keras.tuning.trials import TrialRunner

PROJECT = "keras_tuner"  # folder of KerasTuner's own files
PAUSE = 1.0  # seconds from asking in vain to asking again


class CrossValidationTuner(BaseTuner):
    """Tuner of a plan, alone, as chief or as worker as the environment says.

    Args:
        plan: the search.
        runner: runs the trials; None in a chief.
    """

    def __init__(self, plan: SearchPlan, runner: TrialRunner | None):
        self.runner = runner
        self._asked = 0.0
        with contextlib.redirect_stdout(io.StringIO()):  # "Reloading Tuner from ..."
            super().__init__(
                make_oracle(plan), directory=str(plan.folder), project_name=PROJECT
            )

    def search(self):
        # It prints what the runner has told and put on record.
        before, config.DEBUG = config.DEBUG, False
        try:
            super().search()
        finally:
            config.DEBUG = before

    def pre_create_trial(self):
        """Wait a while where the last question was answered with no trial."""
        time.sleep(max(0.0, self._asked + PAUSE - time.monotonic()))
        self._asked = time.monotonic()

    def on_trial_end(self, trial):
        super().on_trial_end(trial)
        self._asked = 0.0

    def run_trial(self, trial):
        values = trial.hyperparameters.values
        return {OBJECTIVE: self.runner.run(trial.trial_id, values)}
