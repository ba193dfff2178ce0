"""Loading of `.keras` files, in a process that knows nothing of them."""

import subprocess
import sys

import pytest

from satn_keras.errors import ArtifactError
from satn_keras.export import load_model


def test_a_fresh_process_loads_a_student_by_the_package_s_root(student_run):
    script = (
        "import sys, satn_keras\n"
        "model = satn_keras.load_model(sys.argv[1])\n"
        "print(model.output_shape)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, student_run / "student.keras"],
        capture_output=True,
        text=True,
    )
    assert done.stdout == "(None, 3)\n", done.stderr


def test_a_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(ArtifactError, match=r"none\.keras: cannot be loaded") as caught:
        load_model(tmp_path / "none.keras")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["model.keras", "model.txt"])
def test_a_damaged_file_is_one_clear_error(student_run, tmp_path, name):
    whole = (student_run / "student.keras").read_bytes()
    for content in (b"", b"no model", whole[: len(whole) // 2]):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ArtifactError, match="cannot be loaded") as caught:
            load_model(tmp_path / name)
        assert "\n" not in str(caught.value)
