"""Single trials: their folds, what stops them, and what the search is told."""

import pytest

from satn_keras.experiments.development import develop
from satn_keras.tuning.pruning import Pruning
from satn_keras.tuning.records import Records
from satn_keras.tuning.trials import News, TrialRunner, line_of
from tests.support.planted_search import planted
from tests.tuning.planted_plans import plan_of, trial_files

# Places of weights among 0, 0.01, 0.0215, 0.0464, 0.1, 0.215, 0.464, 1, ...
NONE, BEST, ONE = 0, 5, 7


@pytest.fixture
def runner_of(small_config, tmp_path):
    def make(evaluate=planted, **changes):
        plan = plan_of(small_config, tmp_path, **changes)
        found = develop(small_config, teacher=plan.teacher)
        lines = []
        runner = TrialRunner(
            plan, found, Records(plan.folder), evaluate, "ada", tell=lines.append
        )
        return runner, lines

    return make


def test_the_search_is_told_the_mean_over_folds(runner_of):
    runner, lines = runner_of()
    told = runner.run("00", {"transfer.weight": BEST})
    assert told == pytest.approx(0.7 + (0.05 + 0.0 - 0.05 + 0.02) / 4)
    assert lines == [
        "trial 00 (transfer.weight=0.215): finished, development ua 0.705 ± 0.042 "
        "over 4 of 4 folds"
    ]


def test_a_trial_far_behind_stops_and_counts_as_far_behind_on_every_fold(
    runner_of, tmp_path
):
    runner, _ = runner_of(pruning=Pruning(margin=0.3, after=3))
    runner.run("00", {"transfer.weight": BEST})
    told = runner.run("01", {"transfer.weight": NONE})
    # 0.3 against 0.7 on each fold, so 0.4 below the best's 0.705; the three folds
    # that were run alone have the mean 0.3.
    assert told == pytest.approx(0.305)
    _, pruned = trial_files(tmp_path)
    assert pruned["status"] == "pruned"
    assert [run["fold"] for run in pruned["runs"]] == ["anna", "bert", "cora"]
    assert pruned["objective"] == told


def test_a_trial_within_the_margin_runs_every_fold(runner_of, tmp_path):
    runner, _ = runner_of(pruning=Pruning(margin=0.1, after=2))
    runner.run("00", {"transfer.weight": BEST})
    runner.run("01", {"transfer.weight": ONE})  # 0.067 behind
    assert [each["status"] for each in trial_files(tmp_path)] == ["finished"] * 2


def test_a_trial_of_few_epochs_is_not_measured_by_one_of_many(runner_of, tmp_path):
    runner, _ = runner_of(pruning=Pruning(margin=0.1, after=1))
    runner.run("00", {"transfer.weight": BEST, "tuner/epochs": 9})
    runner.run("01", {"transfer.weight": NONE, "tuner/epochs": 3})
    assert [each["status"] for each in trial_files(tmp_path)] == ["finished"] * 2


def test_a_failure_keeps_the_figures_of_the_folds_before_it(runner_of, tmp_path):
    def evaluate(config, development, fold, *arguments, **settings):
        if fold.name == "cora":
            raise MemoryError
        return planted(config, development, fold, *arguments, **settings)

    runner, lines = runner_of(evaluate)
    with pytest.raises(MemoryError):
        runner.run("00", {"transfer.weight": BEST})
    (failed,) = trial_files(tmp_path)
    assert failed["status"] == "failed"
    assert failed["message"] == "MemoryError"
    assert [run["fold"] for run in failed["runs"]] == ["anna", "bert"]
    (line,) = lines
    assert "failed" in line
    assert line.endswith("failure.txt")


def test_a_chief_tells_of_each_ended_trial_once(runner_of):
    runner, _ = runner_of()
    runner.run("00", {"transfer.weight": BEST})
    lines = []
    news = News(runner.records, lines.append)
    news()
    assert lines == []  # it ended before
    runner.run("01", {"transfer.weight": ONE})
    news()
    news()
    (record,) = [each for each in runner.records.read() if each.trial == "01"]
    assert lines == [f"worker ada: {line_of(record)}"]
