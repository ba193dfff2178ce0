"""`satn` whose trainings are a planted problem: UA peaks at one weight of transfer.

`python -m tests.support.planted_search tune ...` is `satn tune ...` in which nothing
is trained: an inner fold's UA is 0.7 at the weight 0.215, a tenth less for each decade
away from it, 0.3 without transfer, and some speakers are easier than others.
"""

import json
import math
import os
import pathlib
import time

BEST = 0.215
EASIER = {"anna": 0.05, "bert": 0.0, "cora": -0.05, "dirk": 0.02}


def planted_ua(weight, fold):
    """UA of an inner fold."""
    ua = 0.3 if not weight else 0.7 - 0.1 * abs(math.log10(weight / BEST))
    return ua + EASIER[fold]


def changed(config, **sections):
    """The recipe with other values in some sections."""
    values = config.model_dump()
    for name, changes in sections.items():
        values[name].update(changes)
    return type(config).model_validate(values)


def write_teacher(path, config, heard=("anna", "bert")):
    """Run folder of a teacher that nobody trained, for searches that train nothing."""
    path = pathlib.Path(path)
    path.mkdir(parents=True)
    (path / "config.yaml").write_text(config.to_yaml(), encoding="utf-8")
    (path / "teacher.keras").write_bytes(b"not read")
    speakers = {"train": [["small", name] for name in heard]}
    (path / "split.json").write_text(json.dumps({"speakers": speakers}))
    return path


def planted(config, development, fold, path, progress, earlier=None, resumable=False):
    """In the place of `train_and_score`; notes each call in a file."""
    if os.environ.get("PLANTED_FAILS"):
        raise ValueError("no training here")
    path = pathlib.Path(path)
    path.mkdir(parents=True, exist_ok=True)
    with open(path / "calls", "a", encoding="utf-8") as calls:
        calls.write(f"{os.getpid()}\n")
    _wait_for_others(path)
    time.sleep(float(os.environ.get("PLANTED_SECONDS", 0)))
    return {"ua": planted_ua(config.transfer.weight, fold.name), "seconds": 0.0}


def _wait_for_others(path):
    """Until as many processes as are wanted have begun a training of the search."""
    wanted = int(os.environ.get("PLANTED_WORKERS", 0))
    trials = path.parents[2]
    while len(_processes_in(trials)) < wanted:
        time.sleep(0.05)


def _processes_in(trials):
    notes = trials.glob("*/*/*/calls")
    return {process for each in notes for process in each.read_text().split()}


if __name__ == "__main__":
    from satn_keras.cli.main import run
    from satn_keras.cli.quiet import load_tensorflow

    load_tensorflow()
    import satn_keras.tuning.search

    satn_keras.tuning.search.train_and_score = planted
    if "PLANTED_LOST_AFTER" in os.environ:
        satn_keras.tuning.search.LOST_AFTER = float(os.environ["PLANTED_LOST_AFTER"])
    run()
