"""`satn serve`: its options, and one line for each mistake."""

import sys

import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.serving import server


def serve(*words, **options):
    return CliRunner().invoke(app, ["serve", *map(str, words)], **options)


@pytest.fixture
def started(monkeypatch):
    """What a server would have been started with."""
    found = []
    monkeypatch.setattr(server, "serve", lambda *parts: found.append(parts))
    return found


def test_the_options_reach_the_server(started, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "key").write_text("sesame\n")
    words = ["mine", "--folder", tmp_path, "--host", "0.0.0.0", "--port", 9]
    words += ["--versions", "latest:2", "--label", "stable=1", "--label", "canary=2"]
    words += ["--max-batch", 7, "--batch-milliseconds", 5, "--max-megabytes", 0.5]
    words += ["--threads", 3, "--api-key-file", tmp_path / "key"]
    answer = serve(*words)
    assert answer.exit_code == 0, answer.output
    ((service, host, port, _),) = started
    assert (service.versions.name, host, port) == ("mine", "0.0.0.0", 9)
    assert service.versions.folder == tmp_path / "mine"
    assert service.versions.labels == {"stable": 1, "canary": 2}
    settings = service.settings
    assert (settings.max_batch, settings.batch_seconds) == (7, 0.005)
    assert (settings.max_body_bytes, settings.threads) == (2**19, 3)
    assert settings.api_key == "sesame"


def test_a_model_of_the_package_needs_no_folder(started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SATN_API_KEY", "from the environment")
    assert serve("satn-nemo").exit_code == 0
    ((service, *_),) = started
    assert (service.versions.folder / "1" / "saved_model.pb").exists()
    assert service.settings.api_key == "from the environment"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--label", "stable"], "--label: must be a name and a version, such as"),
        (["--versions", "newest"], "versions: must be latest"),
        (["--api-key-file", "none"], "none: No such file"),
        (["--api-key-file", "bytes"], "bytes: the API key must be text in UTF-8."),
        (["--host", "256.0.0.1"], "256.0.0.1:0: cannot listen there"),
        ([], "none: no exported model here that may be served."),
    ],
)
def test_a_mistake_is_one_line(tmp_path, monkeypatch, words, line):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    answer = serve("none", "--port", 0, *words)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"satn: {line}")
    assert answer.stderr.count("\n") == 1


def test_an_empty_key_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("SATN_API_KEY", " ")
    answer = serve("none")
    assert answer.exit_code == 2
    assert "SATN_API_KEY: the API key must not be empty." in answer.stderr


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    answer = serve("none")
    assert answer.exit_code == 2
    assert "pip install 'satn-keras[serve]'" in answer.stderr
