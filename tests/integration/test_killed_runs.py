"""A training that is killed at any moment ends as one that was not."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.support.small_corpus import RECIPE, write_corpus

KILLS = 10
SETTINGS = (
    "deterministic=true",
    "student_training.epochs=12",
    "student_training.backup_batches=1",
    "student_training.augmentation.time_masks=1",
    "teacher_training.epochs=1",
)


def command(recipe, out, *options):
    return [
        *(sys.executable, "-m", "satn_keras", "train", str(recipe), *SETTINGS),
        *("--out", str(out), *options),
    ]


def train(*arguments):
    subprocess.run(command(*arguments), check=True, capture_output=True)


def kill_while_training(arguments, out, backups, seconds):
    """Whether the process had to be killed, so long after so many new backups."""
    process = subprocess.Popen(
        command(*arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    seen = backups_in(out)
    while process.poll() is None and backups:
        now = backups_in(out)
        backups -= now != seen
        seen = now
        time.sleep(0.005)
    time.sleep(seconds)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def backups_in(out):
    return sorted(path.name for path in out.glob("checkpoints/backup/epoch_*"))


def judged(out):
    metrics = json.loads((out / "metrics.json").read_text())
    del metrics["training_seconds"]
    return metrics


def check_same(out, undisturbed):
    for name in ("history.csv", "predictions.csv", "selected.json"):
        assert (out / name).read_bytes() == (undisturbed / name).read_bytes(), name
    assert judged(out) == judged(undisturbed)


@pytest.mark.slow
def test_ten_kills_at_random_moments_change_no_bit_of_the_result(tmp_path):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE.format(manifest=write_corpus(tmp_path / "corpus")))
    teacher = tmp_path / "teacher"
    train(recipe, teacher, "--task", "teacher")
    undisturbed = tmp_path / "undisturbed"
    train(recipe, undisturbed, "--teacher", str(teacher))
    draw = random.Random(1)
    deaths = ended = 0
    while deaths < KILLS:
        killed = tmp_path / f"killed_{ended}"
        arguments = (recipe, killed, "--teacher", str(teacher))
        backups = draw.randint(0, 3)
        # Without one, anywhere from the start of Python on.
        seconds = draw.uniform(0, 0.2 if backups else 8)
        if kill_while_training(arguments, killed, backups, seconds):
            deaths += 1
        else:  # a fast machine was done before; the next run begins anew
            check_same(killed, undisturbed)
            ended += 1
    train(*arguments)
    check_same(killed, undisturbed)
