"""The quickstart's own checks, before the long road begins."""

import os

import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.demo.quickstart import quickstart
from satn_keras.errors import ConfigError


def test_a_misspelt_override_shows_before_anything_is_made(tmp_path):
    out = tmp_path / "out"
    answer = CliRunner().invoke(
        app, ["quickstart", "--out", str(out), "transfer.wieght=0"]
    )
    assert answer.exit_code == 2
    assert "unknown key 'transfer.wieght'. Did you mean 'weight'?" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not out.exists()


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="file/out: the folder must be writable"):
        quickstart(tmp_path / "file" / "out")
    assert os.listdir(tmp_path) == ["file"]
