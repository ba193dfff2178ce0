"""What of a run's folder stays where the run ends before its first epoch does."""

import os
import signal
import subprocess
import sys

import pytest
import tensorflow as tf

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.experiments.beginning import begun

LOST = tf.errors.UnavailableError(None, None, "a worker is lost")


def end_by(error, path, backups):
    """A run that `error` ends after so many backups."""
    with pytest.raises(type(error)), begun(path, ExperimentConfig(), {}, {}) as run:
        for number in range(backups):
            (run.checkpoints / "backup" / f"epoch_0_batch_{number}").mkdir(parents=True)
        raise error


@pytest.mark.parametrize("error", [ArtifactError("the disk is full"), LOST])
def test_backups_within_the_first_epoch_stay_whatever_ends_the_run(tmp_path, error):
    end_by(error, tmp_path / "run", backups=2)
    assert len(list(tmp_path.glob("run/checkpoints/backup/epoch_0_batch_*"))) == 2
    assert (tmp_path / "run" / "split.json").exists()


@pytest.mark.parametrize("error", [ArtifactError("the disk is full"), LOST])
def test_without_a_backup_nothing_stays(tmp_path, error):
    end_by(error, tmp_path / "run", backups=0)
    assert not (tmp_path / "run").exists()


KILL = """
import os, pathlib, signal, sys
from satn_keras.experiments.run_directory import replace_text
from satn_keras.experiments.saving import whole_path

def die(*paths):
    os.kill(os.getpid(), signal.SIGKILL)

os.replace = die
path = pathlib.Path(sys.argv[1])
if sys.argv[2] == "text":
    replace_text(path / "metrics.json", "half")
with whole_path(path / "student.keras") as temporary:
    temporary.touch()
"""


@pytest.mark.parametrize("kind", ["text", "model"])
def test_what_a_killed_process_left_half_written_is_removed(tmp_path, kind):
    (tmp_path / ".gitignore").touch()  # a user's own
    killed = subprocess.run([sys.executable, "-c", KILL, tmp_path, kind], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(os.listdir(tmp_path)) == 2
    with begun(tmp_path, ExperimentConfig(), {}, {}) as run:
        left = {child.name for child in run.path.glob(".*")}
    assert left == {".gitignore"}


def test_a_mended_recipe_finds_the_place_free_whatever_backups_there_were(tmp_path):
    end_by(ConfigError("the training loss is nan"), tmp_path / "run", backups=2)
    assert not (tmp_path / "run").exists()
