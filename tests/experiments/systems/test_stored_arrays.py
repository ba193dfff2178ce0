"""Arrays of a run come back as they were, or with one line that says what to do."""

import numpy as np
import pytest

from satn_keras.errors import ArtifactError
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems.stored_arrays import read_arrays, write_arrays


@pytest.fixture
def run(tmp_path):
    return RunDirectory(tmp_path)


def test_arrays_come_back_as_they_were(run):
    arrays = {"one": np.arange(5), "two": np.eye(3)}
    write_arrays(run, "some.npz", arrays)
    found = read_arrays(run, "some.npz", ("one", "two"))
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("damage", ["missing", "cut", "text", "other"])
def test_a_damaged_file_is_named(run, damage):
    path = run.path / "some.npz"
    write_arrays(run, "some.npz", {"other": np.eye(3)})
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:50])
    elif damage == "text":
        path.write_text("no arrays")
    with pytest.raises(ArtifactError, match=r"some\.npz: missing or damaged"):
        read_arrays(run, "some.npz", ("one",))


def test_objects_are_neither_unpickled_nor_run(run):
    write_arrays(run, "some.npz", {"one": np.array([{}], dtype=object)})
    with pytest.raises(ArtifactError, match="missing or damaged"):
        read_arrays(run, "some.npz", ("one",))
