"""A recipe by path, by name, or the one of the package."""

import pytest

from satn_keras.cli.recipe_words import read_words
from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError


def test_a_file_is_read_by_its_path_with_the_changes(tmp_path):
    (tmp_path / "mine.yaml").write_text("seed: 7\n")
    recipe = read_words([str(tmp_path / "mine.yaml"), "transfer.weight=0.5"])
    assert (recipe.seed, recipe.transfer.weight) == (7, 0.5)


def test_a_recipe_of_the_package_is_found_by_its_name():
    assert read_words(["acrnn", "seed=3"]).system.name == "acrnn"
    assert read_words(["acrnn", "seed=3"]).seed == 3


def test_a_file_comes_before_a_recipe_of_the_package(tmp_path, monkeypatch):
    (tmp_path / "acrnn").write_text("seed: 7\n")
    monkeypatch.chdir(tmp_path)
    assert read_words(["acrnn"]).system.name == "satn"


@pytest.mark.parametrize("words", [None, [], ["seed=9"]])
def test_without_a_name_the_best_recipe_is_taken(words):
    named = read_words(["satn", *(words or ())])
    assert read_words(words) == named
    assert named != ExperimentConfig()


@pytest.mark.parametrize("name", ["none.yaml", "none", "../recipes/acrnn", "a.b"])
def test_no_such_recipe_is_one_line(name):
    with pytest.raises(ConfigError, match=f"{name}: no such recipe") as error:
        read_words([name])
    assert "\n" not in str(error.value)
