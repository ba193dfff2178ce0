"""The import rule, the TensorFlow-free modules and the shape of every file."""

import ast
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]

# From the ground up. A module imports from storeys below its own, never from
# another folder of its own storey and never from above.
STOREYS = (
    ("errors",),
    ("lazy_names", "recipe_file", "sound_file"),
    ("config",),
    (
        "corpora",
        "phonemes",
        "features",
        "layers",
        "metrics",
        "evaluation",
        "distribution",
    ),
    ("models", "transfer", "pipelines"),
    ("experiments", "export"),
    ("tuning", "serving", "demo", "beam"),
    ("cli",),
    ("__main__",),
)
STOREY_OF = {name: height for height, names in enumerate(STOREYS) for name in names}
TENSORFLOW_FREE = (
    "errors.py",
    "lazy_names.py",
    "recipe_file.py",
    "sound_file.py",
    "export/versions.py",
    "export/named_predictions.py",
    "export/prediction.py",
    "export/waveforms.py",
    "export/litert_recognizer.py",
    "config/**/*.py",
    "corpora/**/*.py",
    "phonemes/**/*.py",
    "evaluation/scores.py",
    "experiments/folds/*.py",
    "experiments/protocol.py",
)
IN_KERAS_OPS_ONLY = ("layers", "models", "features")


def module_files():
    """Every module of the package, the tuner's folder beside it included."""
    files = sorted((ROOT / "satn_keras").rglob("*.py"))
    return files + sorted((ROOT / "tuning").rglob("*.py"))


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = ("satn_keras", *parts) if parts[0] == "tuning" else parts
    return ".".join(parts).removesuffix(".__init__")


def imported(source, package):
    """Dotted names that the source imports anywhere, functions included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: -(node.level - 1) or None]
                base = ".".join([*parents, base]).rstrip(".")
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            name = getattr(node.args[0], "value", None)
            if called in ("import_module", "__import__") and isinstance(name, str):
                yield name


def broken_rules(name, package, source):
    """What module `name` imports against the rule."""
    own = name.split(".")[1]
    for target in imported(source, package):
        top, _, rest = target.partition(".")
        folder = {"satn_keras": rest.partition(".")[0], "tuning": "tuning"}.get(top)
        if folder in (None, own, "__version__"):
            continue
        if folder not in STOREY_OF:
            yield f"{name} imports {target} from the package's root"
        elif STOREY_OF[folder] >= STOREY_OF[own]:
            yield f"{name} imports {target}, which is not below it"


def test_every_module_imports_only_from_storeys_below_its_own():
    found = []
    for path in module_files():
        name = module_name(path)
        if name == "satn_keras":
            continue  # the root names everything, and loads it when asked
        package = name if path.stem == "__init__" else name.rpartition(".")[0]
        found += broken_rules(name, package, path.read_text(encoding="utf-8"))
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "import satn_keras.models",
        "import satn_keras.models.student as student",
        "from satn_keras.models import build_student",
        "from satn_keras import models",
        "from satn_keras import build_student",
        "from satn_keras.features import LogMel",  # of the same storey
        "from ..features import LogMel",
        "from .. import cli",
        "import tuning.tuner",
        "def f():\n    from satn_keras.cli import main",
        "importlib.import_module('satn_keras.cli')",
    ],
)
def test_the_rule_sees_every_way_of_importing_from_aside_or_above(line):
    name = "satn_keras.layers.masks"
    assert len(list(broken_rules(name, "satn_keras.layers", line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "import keras",
        "from satn_keras.errors import SatnError",
        "from satn_keras.config import FeatureConfig",
        "from satn_keras.layers.temporal_block import TemporalBlock",
        "from . import temporal_block",
        "from .temporal_block import TemporalBlock",
        "from satn_keras import __version__",
    ],
)
def test_the_rule_allows_what_lies_below_and_the_module_s_own_folder(line):
    name = "satn_keras.layers.masks"
    assert list(broken_rules(name, "satn_keras.layers", line)) == []


def test_every_module_and_folder_has_a_storey():
    names = {module_name(path).removeprefix("satn_keras") for path in module_files()}
    assert {name.split(".")[1] for name in names if name} <= set(STOREY_OF)


@pytest.mark.parametrize("pattern", TENSORFLOW_FREE)
def test_modules_that_guard_the_data_load_no_tensorflow(pattern):
    names = [module_name(path) for path in (ROOT / "satn_keras").glob(pattern)]
    assert names
    script = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "    if {'tensorflow', 'keras'} & set(sys.modules):\n"
        "        sys.exit(f'{name} loads TensorFlow or Keras')\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, *sorted(names)], capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("folder", IN_KERAS_OPS_ONLY)
def test_layers_models_and_features_run_on_every_keras_backend(folder):
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / "satn_keras" / folder).rglob("*.py")
        for name in imported(path.read_text(encoding="utf-8"), "")
        if name.split(".")[0] in ("tensorflow", "tf_keras", "torch", "jax")
    ]
    assert found == []


def test_every_module_says_in_its_first_line_what_it_is():
    silent = [
        str(path.relative_to(ROOT))
        for path in module_files()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_module_outgrows_250_lines():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in module_files()
    }
    assert {name: length for name, length in lengths.items() if length > 250} == {}
