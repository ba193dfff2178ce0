"""Plans of planted searches over the small corpus."""

import json

from satn_keras.tuning.plan import SearchPlan
from satn_keras.tuning.search_space import SearchSpace
from tests.support.planted_search import write_teacher

# Deprecated calls inside KerasTuner itself.
WARNINGS = (
    "ignore:currentThread\\(\\) is deprecated:DeprecationWarning",
    "ignore:getName\\(\\) is deprecated:DeprecationWarning",
)
WEIGHTS = "transfer.weight=0,0.01..10:log"


def plan_of(config, folder, words=(WEIGHTS,), **changes):
    """Plan of a search in `folder`/search, with a teacher beside it."""
    teacher = folder / "teacher"
    if not teacher.exists():
        write_teacher(teacher, config)
    settings = {"trials": 11, "teacher": teacher, **changes}
    return SearchPlan(SearchSpace.of(config, words), folder / "search", **settings)


def trial_files(folder):
    """What the search in `folder` keeps of each trial."""
    paths = sorted((folder / "search" / "trials").glob("*/trial.json"))
    return [json.loads(path.read_text()) for path in paths]


def num_calls(folder):
    """How many trainings were begun, by trial and place."""
    trials = folder / "search" / "trials"
    return {
        str(path.parent.relative_to(trials)): len(path.read_text().splitlines())
        for path in trials.glob("*/*/*/calls")
    }
