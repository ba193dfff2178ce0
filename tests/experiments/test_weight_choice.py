"""The transfer weight is chosen by validation figures, whatever the test says."""

import json

import pytest

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError
from satn_keras.experiments import cross_validation, weight_choice
from satn_keras.experiments.cross_validation import CrossValidation
from satn_keras.experiments.weight_choice import choose_weights
from tests.support.small_runs import decided, write_run

# Weight -> fold -> (validation UA, decisions on the test part). The weight that is
# best on validation is the worst on test.
FIGURES = {
    0.0: {"anna": (0.4, "cl"), "bert": (0.6, "lc")},
    0.5: {"anna": (0.7, "lc"), "bert": (0.5, "cl")},
}


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    def cross_validate(plan, progress, tell):
        weight = plan.config.transfer.weight
        runs = []
        for fold, (validation_ua, decisions) in FIGURES[weight].items():
            path = plan.path / "seed-1" / fold
            write_run(path, decided(fold, "cl", decisions), validation_ua=validation_ua)
            metrics = json.loads((path / "metrics.json").read_text())
            runs.append({**metrics, "seed": 1, "fold": fold})
        return {"runs": runs, "training_seconds": 3.0}

    monkeypatch.setattr(weight_choice, "check_plan", lambda plan: None)
    monkeypatch.setattr(weight_choice, "cross_validate", cross_validate)
    monkeypatch.setattr(
        cross_validation, "labelled_manifest", lambda config: (None, ("calm", "loud"))
    )
    plan = CrossValidation(ExperimentConfig(), tmp_path / "out")
    metrics = choose_weights(plan, [0.0, 0.5], tell=lambda line: None)
    return metrics, tmp_path / "out"


def test_each_fold_takes_the_weight_of_its_best_validation_figure(chosen):
    _, out = chosen
    record = json.loads((out / "weights.json").read_text())
    assert record["chosen"] == [
        {"seed": 1, "fold": "anna", "weight": 0.5},
        {"seed": 1, "fold": "bert", "weight": 0.0},
    ]


def test_the_pooled_figures_are_those_of_the_chosen_runs(chosen):
    metrics, out = chosen
    assert metrics["ua"] == 0.0  # both decided everything the wrong way round
    assert json.loads((out / "metrics.json").read_text())["ua"] == 0.0


def test_the_curve_of_all_weights_is_kept_and_drawn(chosen):
    _, out = chosen
    record = json.loads((out / "weights.json").read_text())
    assert record["test_ua"] == {"0": [1.0, 0.0], "0.5": [0.0, 1.0]}
    assert (out / "figures" / "weights.png").stat().st_size > 0
    assert "weights.png" in (out / "report.md").read_text()


def test_the_report_says_that_weights_were_chosen_and_what_all_of_them_cost(chosen):
    _, out = chosen
    text = (out / "report.md").read_text()
    assert "transfer weight chosen fold by fold; trained for 0.00 h" in text
    assert json.loads((out / "weights.json").read_text())["training_seconds"] == 6.0


def test_a_cross_validation_of_one_weight_is_not_overwritten(tmp_path):
    write_run(tmp_path / "seed-1" / "anna", decided("anna", "cl", "cl"))
    plan = CrossValidation(ExperimentConfig(), tmp_path)
    with pytest.raises(ConfigError, match="holds a cross-validation with one weight"):
        choose_weights(plan, [0.0, 0.5], tell=len)
    assert (tmp_path / "seed-1" / "anna" / "metrics.json").exists()
