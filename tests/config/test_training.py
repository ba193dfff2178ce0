"""Settings of a training that decide how it is computed."""

import pytest

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError


def test_a_recipe_of_before_is_the_recipe_it_was(tmp_path):
    (tmp_path / "old.yaml").write_text("student_training:\n  epochs: 3\n")
    old = ExperimentConfig.from_yaml(tmp_path / "old.yaml")
    assert old == ExperimentConfig(student_training={"epochs": 3})
    for settings in (old.teacher_training, old.student_training):
        assert (settings.precision, settings.jit) == ("float32", False)
    (tmp_path / "new.yaml").write_text(old.to_yaml())
    assert ExperimentConfig.from_yaml(tmp_path / "new.yaml") == old


@pytest.mark.parametrize("part", ["teacher_training", "student_training"])
def test_both_trainings_have_the_keys(part, tmp_path):
    (tmp_path / "recipe.yaml").write_text("seed: 1\n")
    words = [f"{part}.precision=mixed_bfloat16", f"{part}.jit=true"]
    config = ExperimentConfig.from_yaml(tmp_path / "recipe.yaml", words)
    assert getattr(config, part).precision == "mixed_bfloat16"
    assert getattr(config, part).jit


def test_a_precision_that_there_is_not_is_refused_by_name(tmp_path):
    (tmp_path / "recipe.yaml").write_text("student_training:\n  precision: half\n")
    with pytest.raises(ConfigError, match=r"student_training\.precision.*float32"):
        ExperimentConfig.from_yaml(tmp_path / "recipe.yaml")


@pytest.mark.parametrize("part", ["teacher_training", "student_training"])
def test_xla_beside_deterministic_operations_is_refused(part, tmp_path):
    (tmp_path / "recipe.yaml").write_text("deterministic: true\n")
    with pytest.raises(ConfigError, match=f"`{part}.jit` must be false where"):
        ExperimentConfig.from_yaml(tmp_path / "recipe.yaml", [f"{part}.jit=true"])


def test_patience_for_the_last_epoch_is_refused(tmp_path):
    (tmp_path / "recipe.yaml").write_text("student_training: {selection: last}\n")
    recipe = ExperimentConfig.from_yaml(tmp_path / "recipe.yaml")
    assert recipe.student_training.selection == "last"
    with pytest.raises(ConfigError, match="`patience` waits for a better") as error:
        ExperimentConfig.from_yaml(
            tmp_path / "recipe.yaml", ["student_training.patience=5"]
        )
    assert "\n" not in str(error.value)


def test_a_teacher_s_epoch_is_always_chosen(tmp_path):
    (tmp_path / "recipe.yaml").write_text("teacher_training: {selection: last}\n")
    with pytest.raises(ConfigError, match=r"teacher_training\.selection"):
        ExperimentConfig.from_yaml(tmp_path / "recipe.yaml")
