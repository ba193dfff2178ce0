"""The names that users import, and what importing them costs."""

import importlib
import importlib.metadata
import pathlib
import subprocess
import sys

import pytest

import satn_keras

PROMISED = {
    "AttentionTransfer",
    "FrontEnd",
    "Manifest",
    "Recognizer",
    "__version__",
    "build_student",
    "build_teacher",
    "compare_systems",
    "cross_validate",
    "load_model",
    "score",
}
LOADED = "sorted({'tensorflow', 'keras', 'numpy'} & set(sys.modules))"
FOLDERS = sorted(
    path.parent.name
    for path in pathlib.Path(satn_keras.__file__).parent.glob("*/__init__.py")
)


def run_python(*arguments):
    answer = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=300
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_the_root_keeps_the_names_it_promised():
    assert set(satn_keras.__all__) >= PROMISED


def test_the_root_lists_each_name_once_and_shows_it_to_dir():
    assert len(set(satn_keras.__all__)) == len(satn_keras.__all__)
    assert set(satn_keras.__all__) <= set(dir(satn_keras))


@pytest.mark.parametrize("name", sorted({*satn_keras.__all__, *PROMISED}))
def test_every_public_name_of_the_root_resolves(name):
    assert getattr(satn_keras, name) is not None


def test_an_unknown_name_of_the_root_is_an_attribute_error_that_names_it():
    with pytest.raises(AttributeError, match="no_such_name"):
        satn_keras.no_such_name  # noqa: B018


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_public_name_of_a_folder_resolves(folder):
    module = importlib.import_module(f"satn_keras.{folder}")
    assert len(set(module.__all__)) == len(module.__all__)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_importing_the_root_loads_no_tensorflow():
    assert run_python("-c", f"import sys, satn_keras; print({LOADED})") == "[]\n"


def test_the_command_s_help_loads_neither_tensorflow_nor_numpy():
    script = (
        "import sys\n"
        "from satn_keras.cli.main import app\n"
        "try:\n"
        "    app(['--help'])\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        f"print({LOADED})\n"
    )
    lines = run_python("-c", script).splitlines()
    assert "quickstart" in "\n".join(lines)
    assert lines[-1] == "[]"


def test_finding_a_trained_model_reads_no_corpora():
    script = (
        "import sys\n"
        "from satn_keras.experiments.presets import exported_model\n"
        "print([name for name in sys.modules if 'corpora' in name])\n"
    )
    assert run_python("-c", script) == "[]\n"


def test_the_command_satn_starts_the_command_line():
    (command,) = importlib.metadata.entry_points(group="console_scripts", name="satn")
    assert command.value == "satn_keras.cli.main:run"
    assert callable(command.load())


def test_running_the_package_is_running_the_command():
    assert "quickstart" in run_python("-m", "satn_keras", "--help")


def test_the_installed_version_is_the_package_s_version():
    assert importlib.metadata.version("satn-keras") == satn_keras.__version__
