"""`satn demo`: its mistakes, each in one line. Its page is tested in tests/demo."""

import sys

import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["nowhere"], "satn: nowhere: no exported model here. Export one with `satn"),
        (["--port", "70000"], "satn: --port must be 0 to 65535; 0 takes a free one."),
        (["--max-seconds", "0"], "satn: --max-seconds must be at least 1. Received: 0"),
    ],
)
def test_a_mistake_is_one_line(words, line):
    answer = CliRunner().invoke(app, ["demo", *words])
    assert answer.exit_code == 2
    assert answer.stderr.startswith(line)
    assert answer.stderr.count("\n") == 1


def test_without_gradio_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "gradio", None)
    answer = CliRunner().invoke(app, ["demo", "--port", "0"])
    assert answer.exit_code == 2
    assert answer.stderr == (
        "satn: The page needs gradio, which is not installed. Install it with: "
        "pip install 'satn-keras[demo]'\n"
    )
