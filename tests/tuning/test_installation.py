"""The search is a part of the package, and says which libraries it needs."""

import importlib.util
import pathlib
import subprocess
import sys

import pytest

import satn_keras
from satn_keras import tuning
from satn_keras.tuning import libraries

LOADED = "sorted({'tensorflow', 'keras', 'keras_tuner'} & set(sys.modules))"


def run_python(*arguments):
    answer = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=300
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_the_folder_beside_the_package_is_its_search():
    assert tuning.__name__ == "satn_keras.tuning"
    home = pathlib.Path(tuning.__file__).parent
    package = pathlib.Path(satn_keras.__file__).parent
    assert home in (package.parent / "tuning", package / "tuning")
    assert importlib.util.find_spec("satn_keras.tuning.search_space").origin == str(
        home / "search_space.py"
    )


def test_a_search_space_needs_neither_tensorflow_nor_keras_tuner():
    script = (
        "import sys\n"
        "from satn_keras.config import ExperimentConfig\n"
        "from satn_keras.tuning import Pruning, SearchPlan, SearchSpace\n"
        "SearchPlan(SearchSpace.of(ExperimentConfig()), 'out', pruning=Pruning())\n"
        f"print({LOADED})\n"
    )
    assert run_python("-c", script) == "[]\n"


def test_running_the_folder_is_running_the_command():
    told = run_python("-m", "satn_keras.tuning", "--help")
    assert "--algorithm" in told


def test_an_unknown_name_is_an_attribute_error_that_names_it():
    with pytest.raises(AttributeError, match="no_such_name"):
        tuning.no_such_name  # noqa: B018


@pytest.mark.parametrize(
    ("module", "name"), [("keras_tuner", "keras-tuner"), ("tensorboard", "tensorboard")]
)
def test_a_missing_library_is_named_with_its_remedy(monkeypatch, module, name):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda each: None if each == module else found(each),
    )
    told = f"needs {name}, which is not installed. .*'satn-keras.tune.'"
    with pytest.raises(ImportError, match=told):
        libraries.require_tuner()
