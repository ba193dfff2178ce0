"""`satn train --jit`: XLA in what is trained, and nowhere else."""

import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.errors import ConfigError


@pytest.mark.parametrize(
    ("task", "words", "teacher", "student"),
    [
        ("student", ["--jit"], False, True),
        ("teacher", ["--jit"], True, False),
        ("both", ["--jit"], True, True),
        ("both", [], False, False),
        ("student", ["student_training.jit=true"], False, True),
    ],
)
def test_the_option_sets_the_keys_of_the_task(
    task, words, teacher, student, small_recipe, tmp_path, monkeypatch
):
    configs = []

    def run(config, *_, **__):
        configs.append(config)
        raise ConfigError("enough")

    for name in ("run_teacher", "run_student"):
        monkeypatch.setattr(f"satn_keras.experiments.experiment.{name}", run)
    words = ["train", str(small_recipe), "--task", task, "--out", str(tmp_path), *words]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 2, answer.output
    assert configs[0].teacher_training.jit == teacher
    assert configs[0].student_training.jit == student
