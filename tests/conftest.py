"""Settings that every test shares."""

import os

import pytest

# Of several test processes each has a core, or they wait for one another's threads.
# Set before NumPy and TensorFlow are imported anywhere.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

from tests.support.small_corpus import write_corpus, write_recipe

# Quiet and repeatable: set before TensorFlow is imported anywhere.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def pytest_collection_modifyitems(config, items):
    """Leave out tests of tensorflow-io where its native library does not load."""
    needing = [item for item in items if item.get_closest_marker("tfio")]
    if not needing:
        return  # and TensorFlow need not be imported to find out
    from satn_keras.pipelines.graph_audio import operations_load

    if not operations_load():
        config.hook.pytest_deselected(items=needing)
        items[:] = [item for item in items if item not in needing]


@pytest.fixture(scope="session")
def small_manifest(tmp_path_factory):
    """Path of the manifest of the small corpus; five speakers, three emotions."""
    return write_corpus(tmp_path_factory.mktemp("small") / "corpus")


@pytest.fixture(scope="session")
def small_recipe(small_manifest, tmp_path_factory):
    """Path of a recipe of tiny sizes: eva is tested, dirk validates."""
    folder = tmp_path_factory.mktemp("recipe")
    return write_recipe(folder / "small.yaml", small_manifest)


@pytest.fixture(scope="session")
def small_config(small_recipe):
    """The small recipe as a value."""
    from satn_keras.config import ExperimentConfig

    return ExperimentConfig.from_yaml(small_recipe)


@pytest.fixture(scope="session")
def trained(small_recipe, tmp_path_factory):
    """Answer of `satn train --task both`, and the folder of the two runs."""
    from typer.testing import CliRunner

    from satn_keras.cli.main import app

    out = tmp_path_factory.mktemp("runs") / "both"
    words = ["train", str(small_recipe), "--task", "both", "--out", str(out)]
    return CliRunner().invoke(app, words), out


@pytest.fixture(scope="session")
def teacher_run(trained):
    """Run folder of the small teacher."""
    return trained[1] / "teacher"


@pytest.fixture(scope="session")
def student_run(trained):
    """Run folder of the small student that copied the small teacher."""
    return trained[1] / "student"


@pytest.fixture(scope="session")
def student(student_run):
    """The small student."""
    from satn_keras.experiments.run_directory import RunDirectory
    from satn_keras.experiments.students import Student

    return Student.load(RunDirectory.open(student_run))


@pytest.fixture(scope="session")
def exported(student_run, tmp_path_factory):
    """Folder of the small student's exported model, with its version 1."""
    from typer.testing import CliRunner

    from satn_keras.cli.main import app

    folder = tmp_path_factory.mktemp("saved_models")
    words = ["export", str(student_run), "--name", "small", "--folder", str(folder)]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.output
    return folder / "small"


@pytest.fixture
def drawn(monkeypatch):
    """The figures drawn in a test, in order."""
    from matplotlib.figure import Figure

    figures = []
    save = Figure.savefig

    def keep(figure, *args, **kwargs):
        figures.append(figure)
        return save(figure, *args, **kwargs)

    monkeypatch.setattr(Figure, "savefig", keep)
    return figures


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    """Untrained causal student, its front end, and the folder of its export."""
    from satn_keras.export import export_student
    from tests.support.streams import CLASSES, causal_student

    model, front_end = causal_student({}, attention_reach=17, pooling="mean_deviation")
    folder = tmp_path_factory.mktemp("live") / "live"
    export_student(model, front_end, CLASSES, folder)
    return model, front_end, folder
