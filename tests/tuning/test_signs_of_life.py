"""Workers that live change a file; those that do not are noticed by one clock."""

import json
import time

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
            if path.exists():
                beats.add(json.loads(path.read_text())["beat"])
    assert len(beats) >= 3
    assert not path.exists()
