"""Chief and workers, as the command line or KerasTuner's variables name them."""

import os

import pytest

from satn_keras.errors import ConfigError
from satn_keras.tuning.roles import HOST, PORT, TUNER, Role, make_role

VARIABLES = {TUNER: "w1", HOST: "10.0.0.5", PORT: "8000"}


def test_a_process_is_alone_where_nothing_is_said():
    role = make_role(environment={})
    assert not role.is_chief
    assert not role.is_worker


def test_an_address_alone_makes_a_chief():
    role = make_role("host:8000", environment={})
    assert role.is_chief
    assert role.address == "host:8000"


def test_a_name_makes_a_worker():
    role = make_role("host:8000", "gpu-1", {})
    assert role.is_worker
    assert (role.name, role.host, role.port) == ("gpu-1", "host", 8000)


def test_keras_tuner_s_own_variables_are_honoured():
    assert make_role(environment=VARIABLES) == Role("w1", "10.0.0.5", 8000)
    assert make_role(environment={**VARIABLES, TUNER: "chief"}).is_chief


def test_the_command_line_comes_before_the_variables():
    assert make_role("other:1", "b", VARIABLES) == Role("b", "other", 1)


@pytest.mark.parametrize(
    ("chief", "worker", "told"),
    [
        (None, "a", "say where the chief listens"),
        ("host", None, "must be HOST:PORT"),
        ("host:0", None, "must be HOST:PORT"),
        ("host:70000", None, "must be HOST:PORT"),
        (":8000", None, "must be HOST:PORT"),
        ("host:8000", "chief-2", "without 'chief'"),
        ("host:8000", "a/b", "without a slash"),
        ("host:8000", "", "a name without"),
    ],
)
def test_an_address_or_a_name_that_is_none_is_refused(chief, worker, told):
    with pytest.raises(ConfigError, match=told):
        make_role(chief, worker, {})


def test_the_variables_are_set_for_a_while(monkeypatch):
    monkeypatch.setenv(TUNER, "before")
    monkeypatch.delenv(HOST, raising=False)
    with Role("a", "host", 8000).environment():
        assert [os.environ[name] for name in (TUNER, HOST, PORT)] == [
            "a",
            "host",
            "8000",
        ]
    assert os.environ[TUNER] == "before"
    assert HOST not in os.environ


def test_alone_the_variables_of_others_are_hidden(monkeypatch):
    monkeypatch.setenv(HOST, "10.0.0.5")
    with Role().environment():
        assert HOST not in os.environ
    assert os.environ[HOST] == "10.0.0.5"
