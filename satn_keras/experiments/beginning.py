"""Beginning of a run: its folder, made or resumed, and cleared where nothing began."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator

import tensorflow as tf

from satn_keras.config import ExperimentConfig
from satn_keras.distribution import is_chief, wait_for_all
from satn_keras.errors import ConfigError, SatnError
from satn_keras.experiments.epoch_callbacks import NON_FINITE
from satn_keras.experiments.libraries import require_libraries
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.saving import remove_halves
from satn_keras.experiments.splits import dropped_by
from satn_keras.experiments.together import follow, lead

_MANIFESTS = {"student": "emotions", "teacher": "transcripts"}


@contextlib.contextmanager
def begun(
    path: str | os.PathLike, config: ExperimentConfig, split: dict, distribution: dict
) -> Iterator[RunDirectory]:
    """Run folder with its split; refuses to go on training with another one.

    What the recipe leaves out is listed in `dropped.json`.

    A folder made here is removed where a mistake of the recipe shows before the first
    epoch ends, so that the mended recipe finds the place free, and where anything
    else ends the run before it has a backup.
    """
    require_libraries(config)  # not after hours of training
    if config.deterministic:
        tf.config.experimental.enable_op_determinism()
    wait_for_all()  # everyone has looked at the folder as it was
    if not is_chief():
        with follow(path, config, distribution) as run:
            yield run
        return
    before = set(os.listdir(path)) if os.path.isdir(path) else None
    run = RunDirectory.create(path, config, distribution)
    remove_halves(run.path)
    run.write_json("split.json", split)
    if split.get("dropped"):
        run.write_json("dropped.json", dropped_by(config, _MANIFESTS[split["task"]]))
    try:
        with lead():
            yield run
    except ConfigError:
        if not run.has_finished_epoch:
            _remove_new(run, before)
        raise
    except (SatnError, tf.errors.OpError):  # the latter of a lost worker
        if not run.has_trained:
            _remove_new(run, before)
        raise


def _remove_new(run: RunDirectory, before: set[str] | None) -> None:
    """Remove what a failed start wrote into a folder that held `before`.

    The list of the utterances that broke the loss stays.
    """
    if before is None and not (run.path / NON_FINITE).exists():
        shutil.rmtree(run.path, ignore_errors=True)
        return
    for name in set(os.listdir(run.path)) - (before or set()) - {NON_FINITE}:
        child = run.path / name
        shutil.rmtree(child, ignore_errors=True) if child.is_dir() else child.unlink()
