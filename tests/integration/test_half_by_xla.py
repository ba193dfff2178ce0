"""A teacher and its student in half precision by XLA, from recipe to predictions."""

import keras
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.experiments import learner, student_trainer
from satn_keras.export import load_model

PRECISIONS = {"teacher": "mixed_float16", "student": "mixed_bfloat16"}


@pytest.mark.slow
def test_both_are_trained_kept_and_judged(small_recipe, tmp_path, monkeypatch):
    words = [f"{part}_training.precision={p}" for part, p in PRECISIONS.items()]
    served = []

    def seen(function):
        def call(*arguments):
            served.append((function.__name__, function(*arguments)))
            return served[-1][1]

        return call

    for module, name in ((learner, "compile_call"), (student_trainer, "serve_by_xla")):
        monkeypatch.setattr(module, name, seen(getattr(module, name)))
    options = ["--task", "both", "--jit", "--out", str(tmp_path / "runs")]
    answer = CliRunner().invoke(app, ["train", str(small_recipe), *options, *words])
    assert answer.exit_code == 0, answer.output
    assert served == [("compile_call", None), ("serve_by_xla", True)]
    assert keras.config.dtype_policy().name == "float32"
    for part, precision in PRECISIONS.items():
        model = load_model(tmp_path / "runs" / part / f"{part}.keras")
        assert model.get_layer("level_1").dtype_policy.name == precision
        assert {weight.dtype for weight in model.weights} == {"float32"}
    table = pd.read_csv(tmp_path / "runs" / "student" / "predictions.csv")
    posteriors = table[["angry", "happy", "sad"]].to_numpy()
    np.testing.assert_allclose(posteriors.sum(axis=1), 1.0, atol=1e-5)
