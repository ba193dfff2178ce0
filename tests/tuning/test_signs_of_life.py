"""Workers that live change a file; those that do not are noticed by one clock."""

import json
import time

import pytest

from satn_keras.errors import ConfigError
from satn_keras.tuning.signs_of_life import Watch, signs_of_life


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_worker_whose_file_stays_as_it_is_falls_silent(tmp_path):
    clock = Clock()
    watch = Watch(tmp_path, patience=60, clock=clock)
    (tmp_path / "a.json").write_text("1")
    (tmp_path / "b.json").write_text("1")
    assert watch.silent(["a", "b"]) == []
    clock.now = 50.0
    (tmp_path / "b.json").write_text("2")
    assert watch.silent(["a", "b"]) == []
    clock.now = 61.0
    assert watch.silent(["a", "b"]) == ["a"]


def test_a_worker_that_never_gave_a_sign_falls_silent_too(tmp_path):
    clock = Clock()
    watch = Watch(tmp_path, patience=60, clock=clock)
    assert watch.silent(["a"]) == []
    clock.now = 61.0
    assert watch.silent(["a"]) == ["a"]


def test_signs_change_while_the_block_runs_and_end_with_it(tmp_path):
    path, beats = tmp_path / "signs" / "a.json", set()
    with signs_of_life(path.parent, "a", every=0.01):
        end = time.monotonic() + 20
        while len(beats) < 3 and time.monotonic() < end:
            if path.exists() and (sign := path.read_text()):  # empty at first
                beats.add(json.loads(sign)["beat"])
    assert len(beats) >= 3
    assert not path.exists()


def test_a_name_that_a_living_process_has_is_refused(tmp_path):
    with signs_of_life(tmp_path, "a", every=0.01):
        with pytest.raises(ConfigError, match="--worker a: another process .* lives"):
            with signs_of_life(tmp_path, "a", every=20):
                pass
        assert (tmp_path / "a.json").exists()


def test_the_name_of_a_process_that_was_killed_is_taken_over(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("last sign")
    with signs_of_life(tmp_path, "a", every=0.01):
        end = time.monotonic() + 20
        while path.read_text() == "last sign" and time.monotonic() < end:
            time.sleep(0.01)
        assert json.loads(path.read_text())["beat"] >= 0
    assert not path.exists()
