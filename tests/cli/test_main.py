"""The command itself: what it costs to ask it, and how it speaks of mistakes."""

import errno
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.cli.mistakes import in_one_line
from satn_keras.errors import ConfigError


def satn(*words, **options):
    """Answer of the command in a process of its own, as a shell has it."""
    start = "from satn_keras.cli.main import run; run()"
    return subprocess.run(
        [sys.executable, "-c", start, *map(str, words)],
        capture_output=True,
        text=True,
        **options,
    )


def failing(error):
    """Application whose one command ends in `error`."""
    one = typer.Typer(pretty_exceptions_enable=False)

    @one.command()
    @in_one_line
    def fail():
        """Fail."""
        raise error

    return one


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            ConfigError("recipe.yaml: key\n  'a': no. Mend it."),
            "recipe.yaml: key 'a': ",
        ),
        (
            ImportError("Figures need matplotlib: pip install 'satn-keras[report]'"),
            "Figures need matplotlib: pip install 'satn-keras[report]'\n",
        ),
        (
            ModuleNotFoundError("No module named 'opensmile'"),
            "No module named 'opensmile'. Install it, or every extra with: pip inst",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/data/run"),
            "/data/run: Permission denied. Check the path, its permissions",
        ),
        (OSError("no name and no number"), "no name and no number\n"),
    ],
)
def test_a_mistake_is_one_line_on_standard_error_and_code_2(error, line):
    answer = CliRunner().invoke(failing(error))
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert answer.stderr.startswith(f"satn: {line}")
    assert answer.stderr.count("\n") == 1


def test_an_interruption_says_how_to_go_on():
    answer = CliRunner().invoke(failing(KeyboardInterrupt()))
    assert answer.exit_code == 130
    assert answer.stderr == "satn: interrupted; the same command resumes.\n"


def test_a_reader_that_has_read_enough_is_no_mistake():
    answer = CliRunner().invoke(failing(BrokenPipeError(errno.EPIPE, "Broken pipe")))
    assert answer.exit_code == 1
    assert answer.stderr == ""


def test_a_fault_of_the_program_keeps_its_traceback():
    answer = CliRunner().invoke(failing(ZeroDivisionError()))
    assert isinstance(answer.exception, ZeroDivisionError)


def test_the_version_is_printed():
    answer = CliRunner().invoke(app, ["--version"])
    assert answer.exit_code == 0
    assert answer.stdout.startswith("satn_keras 0.")


@pytest.mark.parametrize(
    "words",
    [
        ("predict", "none.wav", "--model", "none"),
        ("train", "none.yaml", "--out", "run"),
        ("validate", "none.csv"),
        ("prepare", "nemo", "none", "--out", "manifest.csv"),
    ],
)
def test_a_missing_file_is_one_line_and_nothing_is_written(tmp_path, words):
    answer = satn(*words, cwd=tmp_path)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.startswith("satn: none")
    assert answer.stderr.count("\n") == 1
    assert answer.stderr.endswith(".\n")
    assert list(tmp_path.iterdir()) == []


def test_a_manifest_is_checked_without_tensorflow(small_manifest):
    script = (
        "import sys\n"
        "from satn_keras.cli.main import app\n"
        "app(['validate', sys.argv[1]], standalone_mode=False)\n"
        "print(sorted({'tensorflow', 'keras'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, small_manifest], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("\n[]\n")


def test_tensorflow_s_notes_do_not_mix_with_our_line(exported, tmp_path):
    (tmp_path / "text.wav").write_text("no sound")
    answer = satn("predict", tmp_path / "text.wav", "--model", exported)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr == (
        f"satn: {tmp_path}/text.wav: a sound file must be WAV, FLAC, OGG or MP3 "
        "(Format not recognised.). Convert it, or replace the damaged copy.\n"
    )
