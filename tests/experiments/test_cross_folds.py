import pytest

from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError
from satn_keras.experiments.cross_folds import (
    chosen_folds,
    fold_config,
    teacher_config,
)
from tests.experiments.test_experiment import with_values


@pytest.fixture
def config(small_config):
    return with_values(small_config, transfer={"weight": 0.0})


def test_a_run_s_recipe_names_the_fold_s_speakers(config, small_manifest):
    manifest = Manifest.read(small_manifest)
    for fold in chosen_folds(manifest, config, None):
        made = fold_config(config, fold, seed=5)
        assert made.data.test_speakers == (fold.name,)
        assert made.data.validation_speakers == fold.validation.speakers
        assert made.seed == 5


def test_a_fold_that_there_is_not_is_named(config, small_manifest):
    manifest = Manifest.read(small_manifest)
    with pytest.raises(ConfigError, match="fold 'frida': .* anna, bert, cora"):
        chosen_folds(manifest, config, ["anna", "frida"])


def test_the_teacher_s_recipe_does_not_depend_on_the_student(config):
    wider = with_values(config, student={"filters": 24}, transfer={"weight": 0.7})
    assert teacher_config(wider) == teacher_config(config)
    assert teacher_config(config).teacher == config.teacher
