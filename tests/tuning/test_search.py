"""Whole searches of a planted problem, in which nothing is trained."""

import json

import pandas as pd
import pytest

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ArtifactError, ConfigError, ProtocolError
from satn_keras.tuning.search import run_search
from tests.support.planted_search import BEST, EASIER, planted, planted_ua
from tests.tuning.planted_plans import WARNINGS, num_calls, plan_of, trial_files

pytestmark = [pytest.mark.filterwarnings(warning) for warning in WARNINGS]


class Interruption(KeyboardInterrupt):
    """The user's Ctrl-C."""


def search(plan, evaluate=planted, tell=lambda line: None, **settings):
    return run_search(plan, tell=tell, evaluate=evaluate, **settings)


def failing(weights):
    """A planted evaluation that fails at some weights."""

    def evaluate(config, *arguments, **settings):
        if config.transfer.weight in weights:
            raise ValueError(f"no training\nat {config.transfer.weight:g}")
        return planted(config, *arguments, **settings)

    return evaluate


@pytest.fixture(scope="module")
def searched(small_config, tmp_path_factory):
    """Folder, best trial and told lines of a search over every weight."""
    folder, lines = tmp_path_factory.mktemp("searched"), []
    best = search(plan_of(small_config, folder), tell=lines.append)
    return folder, best, lines


def test_the_planted_best_weight_is_found(searched):
    _, best, _ = searched
    assert best.values == {"transfer.weight": "0.215"}
    # 0.7 and the mean of 0.05, 0.0, -0.05 and 0.02
    assert best.ua == pytest.approx(0.705)
    assert best.figures == pytest.approx(
        {"anna": 0.75, "bert": 0.70, "cora": 0.65, "dirk": 0.72}
    )


def test_every_weight_is_tried_once(searched):
    folder, _, lines = searched
    tried = [each["values"]["transfer.weight"] for each in trial_files(folder)]
    assert sorted(map(float, tried)) == [
        *(0, 0.01, 0.0215, 0.0464, 0.1, 0.215, 0.464, 1, 2.15, 4.64, 10)
    ]
    assert len(lines) == 11
    assert all(count == 1 for count in num_calls(folder).values())


def test_only_development_speakers_are_folds(searched):
    folder, _, _ = searched
    record = json.loads((folder / "search" / "search.json").read_text())
    assert record["kept_out"] == ["eva"]
    assert [fold["name"] for fold in record["inner_folds"]] == sorted(EASIER)
    told = json.dumps(record["inner_folds"])
    assert "eva" not in told


def test_the_best_recipe_is_the_recipe_with_the_best_weight(searched, small_config):
    folder, _, _ = searched
    best = ExperimentConfig.from_yaml(folder / "search" / "best.yaml")
    weighted = small_config.transfer.model_copy(update={"weight": BEST})
    assert best == small_config.model_copy(update={"transfer": weighted})
    assert best.data.test_speakers == ("eva",)


def test_table_report_and_pictures_are_written(searched):
    folder, _, _ = searched
    table = pd.read_csv(folder / "search" / "trials.csv")
    best = table.loc[table["objective"].idxmax()]
    assert best["transfer.weight"] == BEST
    report = (folder / "search" / "report.md").read_text()
    assert "Best: `transfer.weight` 0.215" in report
    assert f"satn train {folder / 'search' / 'best.yaml'} --teacher" in report
    assert "Kept out, and not heard: eva" in report
    assert "teacher has heard development speakers (anna, bert)" in report
    for picture in ("weights.png", "parallel.png"):
        assert f"figures/{picture}" in report
        assert (folder / "search" / "figures" / picture).stat().st_size > 0
    assert (folder / "search" / "report.html").exists()


def test_a_finished_search_is_read_again(searched, small_config):
    folder, best, _ = searched
    lines = []
    again = search(plan_of(small_config, folder), tell=lines.append)
    assert again == best
    assert lines == []
    assert all(count == 1 for count in num_calls(folder).values())


def test_more_trials_go_on_with_a_search(small_config, tmp_path):
    search(plan_of(small_config, tmp_path, trials=2))
    first = trial_files(tmp_path)
    search(plan_of(small_config, tmp_path, trials=4))
    assert len(trial_files(tmp_path)) == 4
    assert trial_files(tmp_path)[:2] == first


def test_bayesian_search_finds_the_best_of_many_without_trying_all(
    small_config, tmp_path
):
    words = ["transfer.weight=0.001..100:log:31"]
    plan = plan_of(small_config, tmp_path, words, algorithm="bayesian", trials=10)
    assert search(plan).values == {"transfer.weight": "0.215"}
    tried = [each["values"]["transfer.weight"] for each in trial_files(tmp_path)]
    assert len(set(tried)) == len(tried) == 10


def test_a_space_smaller_than_the_trials_ends_the_search(small_config, tmp_path):
    for algorithm in ("random", "bayesian"):
        folder = tmp_path / algorithm
        folder.mkdir()
        words = ["transfer.weight=0,0.1,1"]
        plan = plan_of(small_config, folder, words, algorithm=algorithm, trials=9)
        search(plan)
        assert len(trial_files(folder)) == 3


def test_keys_without_effect_are_not_tried_twice(small_config, tmp_path):
    words = ["transfer.weight=0,1", "transfer.map", "transfer.pairs=all,last"]
    search(plan_of(small_config, tmp_path, words, trials=30))
    tried = [tuple(each["values"].items()) for each in trial_files(tmp_path)]
    weight, kind, pairs = "transfer.weight", "transfer.map", "transfer.pairs"
    assert set(tried) == {
        ((weight, "0"),),
        ((weight, "1"), (kind, "attention")),
        ((weight, "1"), (kind, "activation"), (pairs, "all")),
        ((weight, "1"), (kind, "activation"), (pairs, "last")),
    }
    assert len(tried) == 4


def test_hyperband_gives_more_epochs_to_the_best(small_config, tmp_path):
    training = small_config.student_training.model_copy(update={"epochs": 9})
    config = small_config.model_copy(update={"student_training": training})
    seen = []

    def evaluate(config, development, fold, path, progress, earlier, resumable):
        epochs = config.student_training.epochs
        seen.append((epochs, config.transfer.weight, earlier and earlier.parts[-3]))
        assert resumable
        return planted(config, development, fold, path, progress)

    plan = plan_of(config, tmp_path, algorithm="hyperband", trials=99)
    best = search(plan, evaluate)
    trials = trial_files(tmp_path)
    assert {each["epochs"] for each in trials} == {1, 3, 9}
    by_name = {each["trial"]: each for each in trials}
    went_on = [
        (epochs, weight, by_name[earlier])
        for epochs, weight, earlier in seen
        if earlier is not None
    ]
    assert went_on
    for epochs, weight, earlier in went_on:
        assert earlier["epochs"] < epochs
        assert float(earlier["values"]["transfer.weight"]) == weight
    recipe = ExperimentConfig.from_yaml(tmp_path / "search" / "best.yaml")
    assert recipe.student_training.epochs == best.epochs


def test_each_seed_is_a_training_and_the_figure_their_mean(small_config, tmp_path):
    def evaluate(config, development, fold, path, progress, **settings):
        figures = planted(config, development, fold, path, progress)
        return {**figures, "ua": figures["ua"] + 0.01 * config.seed}

    plan = plan_of(small_config, tmp_path, trials=11, seeds=(1, 4))
    best = search(plan, evaluate)
    assert best.ua == pytest.approx(0.705 + 0.025)
    assert {(run["seed"], run["fold"]) for run in best.runs} == {
        (seed, fold) for seed in (1, 4) for fold in EASIER
    }


def test_failed_trials_are_told_and_the_rest_goes_on(small_config, tmp_path):
    lines = []
    plan = plan_of(small_config, tmp_path, max_failures=2)
    best = search(plan, failing({0.01, 10.0}), lines.append)
    assert best.values == {"transfer.weight": "0.215"}
    failed = [each for each in trial_files(tmp_path) if each["status"] == "failed"]
    assert {each["message"] for each in failed} == {
        "no training at 0.01",
        "no training at 10",
    }
    assert sum("no training at" in line for line in lines) == 2
    report = (tmp_path / "search" / "report.md").read_text()
    assert "Failed trials" in report
    for each in failed:
        trace = tmp_path / "search" / "trials" / each["trial"] / "failure.txt"
        assert "ValueError: no training" in trace.read_text()


def test_too_many_failures_end_the_search(small_config, tmp_path):
    plan = plan_of(small_config, tmp_path, max_failures=1)
    everything = set(plan.space.dimensions[0].values)
    with pytest.raises(ConfigError, match="2 trials failed, and --max-failures is 1"):
        search(plan, failing(everything))
    assert len(trial_files(tmp_path)) == 2
    # Mended, the same search tries them again and comes to its end.
    best = search(plan)
    assert best.values == {"transfer.weight": "0.215"}
    assert {each["status"] for each in trial_files(tmp_path)} == {"finished"}
    assert len(trial_files(tmp_path)) == 11


def test_a_search_without_a_finished_trial_has_no_best(small_config, tmp_path):
    plan = plan_of(small_config, tmp_path, trials=1, max_failures=5)
    everything = set(plan.space.dimensions[0].values)
    with pytest.raises(ConfigError, match="no trial ran every fold"):
        search(plan, failing(everything))
    assert "None ran every fold" in (tmp_path / "search" / "report.md").read_text()
    assert not (tmp_path / "search" / "best.yaml").exists()


def test_an_interrupted_search_goes_on_where_it_stopped(small_config, tmp_path):
    calls = []

    def interrupted(config, *arguments, **settings):
        calls.append(config.transfer.weight)
        if len(calls) == 7:  # in the third fold of the second trial
            raise Interruption
        return planted(config, *arguments, **settings)

    plan = plan_of(small_config, tmp_path)
    with pytest.raises(Interruption):
        search(plan, interrupted)
    first, second = trial_files(tmp_path)
    assert (first["status"], second["status"]) == ("finished", "running")
    assert len(second["runs"]) == 2
    assert search(plan).values == {"transfer.weight": "0.215"}
    trials = trial_files(tmp_path)
    assert trials[0] == first
    assert trials[1]["values"] == second["values"]
    assert len(trials) == 11


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"algorithm": "bayesian"}, "algorithm"),
        ({"seeds": (1, 2)}, "seeds"),
        ({"num_folds": 2}, "inner_folds"),
        ({"choice": "same"}, "choice"),
        ({"words": ["transfer.weight=0,1"]}, "space"),
    ],
)
def test_another_search_in_the_folder_is_refused(searched, small_config, changes, told):
    folder, _, _ = searched
    with pytest.raises(ConfigError, match=f"a search with another '{told}'"):
        search(plan_of(small_config, folder, **changes))


def test_a_folder_that_holds_something_else_is_refused(small_config, tmp_path):
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "thesis.tex").write_text("")
    with pytest.raises(ConfigError, match="holds something else"):
        search(plan_of(small_config, tmp_path))


def test_a_damaged_record_is_named(small_config, tmp_path):
    plan = plan_of(small_config, tmp_path, trials=1)
    search(plan)
    path = tmp_path / "search" / "trials" / "0" / "trial.json"
    path.write_text("{")
    with pytest.raises(ArtifactError, match="trial.json: damaged"):
        search(plan)


def test_a_teacher_that_heard_the_test_speaker_stops_a_search(small_config, tmp_path):
    plan = plan_of(small_config, tmp_path)
    split = {"speakers": {"validation": [["small", "eva"]]}}
    (tmp_path / "teacher" / "split.json").write_text(json.dumps(split))
    with pytest.raises(ProtocolError, match="test speakers"):
        search(plan)
    assert not (tmp_path / "search").exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"trials": 0}, "--trials must be at least 1"),
        ({"max_failures": -1}, "--max-failures must be at least 0"),
        ({"algorithm": "grid"}, "--algorithm must be random"),
        ({"seeds": (1, 1)}, "each seed once"),
        ({"words": ["transfer.weight=1"]}, "has one point"),
        (
            {
                "algorithm": "hyperband",
                "words": ["transfer.weight=0,1", "student_training.epochs=1,2"],
            },
            "shares out student_training.epochs itself",
        ),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(
    small_config, tmp_path, changes, told
):
    with pytest.raises(ConfigError, match=told):
        plan_of(small_config, tmp_path, **changes)


def test_a_system_without_epochs_has_no_hyperband(tmp_path):
    config = ExperimentConfig.model_validate({"system": {"name": "gmm_hmm"}})
    with pytest.raises(ConfigError, match="system gmm_hmm has none"):
        plan_of(config, tmp_path, (), algorithm="hyperband")


def test_planted_figures_peak_at_the_planted_weight():
    weights = [0, 0.01, 0.1, BEST, 1.0, 10.0]
    assert max(weights, key=lambda weight: planted_ua(weight, "bert")) == BEST
