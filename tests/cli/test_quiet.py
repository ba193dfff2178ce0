"""Loading TensorFlow in silence, with a stand-in that talks while it loads."""

import os
import subprocess
import sys

import pytest

TALK = "import os\nos.write(2, b'a note\\n')\n"
SCRIPT = (
    "import os\n"
    "from satn_keras.cli.quiet import load_tensorflow\n"
    "load_tensorflow()\n"
    "load_tensorflow()\n"
    "os.write(2, b'after\\n')\n"
)


@pytest.fixture
def load(tmp_path):
    """Function that loads a stand-in for TensorFlow in a process of its own."""

    def run(source, level=None):
        (tmp_path / "tensorflow.py").write_text(source)
        paths = [str(tmp_path), *filter(None, sys.path)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
        if level is not None:
            environment["TF_CPP_MIN_LOG_LEVEL"] = level
        return subprocess.run(
            [sys.executable, "-c", SCRIPT],
            capture_output=True,
            text=True,
            env=environment,
        )

    return run


def test_notes_are_dropped_and_standard_error_works_again(load):
    assert load(TALK).stderr == "after\n"
    assert load(TALK, level="3").stderr == "after\n"


def test_who_asks_for_notes_gets_them(load):
    assert load(TALK, level="0").stderr == "a note\nafter\n"


def test_where_loading_fails_the_notes_are_shown(load):
    answer = load(TALK + "raise ImportError('a broken library')\n")
    assert answer.returncode == 1
    assert answer.stderr.startswith("a note\nTraceback")
    assert answer.stderr.endswith("ImportError: a broken library\n")
