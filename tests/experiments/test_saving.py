"""What is written appears whole, or not at all with a line that says why."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from satn_keras.errors import ArtifactError
from satn_keras.experiments.saving import save_model, whole_folder, whole_path


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "values.npz"
    with whole_path(path) as temporary:
        temporary.write_bytes(b"whole")
        assert temporary.suffix == ".npz"
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    assert os.listdir(tmp_path) == ["values.npz"]


def test_a_mistake_while_writing_leaves_what_was_there(tmp_path):
    path = tmp_path / "values.npz"
    path.write_bytes(b"before")
    with pytest.raises(KeyError), whole_path(path) as temporary:
        temporary.write_bytes(b"half")
        raise KeyError
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["values.npz"]


@pytest.mark.parametrize("whole", [whole_path, whole_folder])
def test_a_place_that_is_no_folder_is_named(tmp_path, whole):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "values"
    with pytest.raises(ArtifactError, match="file/values: cannot be written"):
        with whole(path) as temporary:
            temporary.write_bytes(b"")


def test_a_saved_model_is_loaded_as_it_was(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    save_model(model, tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for ours, theirs in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


FILL = """
import pathlib, resource, signal, sys
import keras
from satn_keras.errors import ArtifactError
from satn_keras.experiments.saving import save_model

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3000)])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    save_model(model, pathlib.Path(sys.argv[1]) / "model.keras")
except ArtifactError as error:
    print(error)
"""


@pytest.mark.parametrize("limit", [500, 20_000])
def test_a_model_that_the_disk_does_not_take_is_not_there(tmp_path, limit):
    said = subprocess.run(
        [sys.executable, "-c", FILL, tmp_path, str(limit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "model.keras: cannot be written (" in said.stdout, said.stderr
    assert os.listdir(tmp_path) == []
