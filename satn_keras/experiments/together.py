"""One run by several workers: who writes its folder, and what the others do."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import TypeVar

from satn_keras.config import ExperimentConfig, TrainingConfig
from satn_keras.distribution import (
    by_chief,
    current_strategy,
    describe_batches,
    is_chief,
    of_chief,
    role,
    strategy_name,
    wait_for_all,
)
from satn_keras.errors import ConfigError
from satn_keras.experiments.run_directory import RunDirectory

Loaded = TypeVar("Loaded")


def is_finished_for_all(run: RunDirectory) -> bool:
    """Whether the chief sees a finished run: others may see an older state of it."""
    return bool(of_chief(lambda: float(run.is_finished)))


def distribution_of(config: TrainingConfig) -> dict:
    """Strategy and batches of a training, as `environment.json` has them.

    Raises:
        ConfigError: if there are more replicas than rows in a batch.
    """
    described = describe_batches(config.batch_size, role())
    return {"strategy": strategy_name(current_strategy()), **described}


def create_together(path: str | os.PathLike, config: ExperimentConfig) -> RunDirectory:
    """Run folder that the chief makes and every worker sees.

    Raises:
        ConfigError: as `RunDirectory.create`, or if a worker does not see it.
    """
    by_chief(lambda: RunDirectory.create(path, config))
    return _seen(path, config)


def metrics_by_chief(
    summarize: Callable[[pathlib.Path], dict], whole: RunDirectory
) -> dict:
    """What `summarize` writes into `metrics.json` of a folder, on every worker."""
    metrics = by_chief(lambda: summarize(whole.path))
    return whole.read_json("metrics.json") if metrics is None else metrics


@contextlib.contextmanager
def follow(
    path: str | os.PathLike, config: ExperimentConfig, distribution: dict
) -> Iterator[RunDirectory]:
    """Scratch folder of a worker that is not the chief, gone after the block.

    It begins with the checkpoints of the chief's folder, so that all resume from the
    same. Waits three times, as the chief does in `lead`.

    Raises:
        ConfigError: if this worker does not see the chief's folder.
    """
    wait_for_all()
    run = _seen(path, config)
    with tempfile.TemporaryDirectory(prefix="satn-worker-") as scratch:
        shutil.copytree(run.checkpoints, pathlib.Path(scratch) / "checkpoints")
        wait_for_all()
        yield RunDirectory.create(scratch, config, distribution)
        wait_for_all()


@contextlib.contextmanager
def lead() -> Iterator[None]:
    """What the chief does in its folder, made before, while others `follow`."""
    wait_for_all()  # the folder is there
    wait_for_all()  # its checkpoints are copied
    yield
    wait_for_all()  # the run is judged


def for_judging(trained: Loaded, load: Callable[[RunDirectory], Loaded], run) -> Loaded:
    """What was trained, as one device runs it.

    A model of several replicas asks all of them, and all workers, for each output.
    """
    return trained if role().replicas == 1 else load(run)


def _seen(path, config) -> RunDirectory:
    if is_chief() or (pathlib.Path(path) / "config.yaml").exists():
        return RunDirectory.plan(path, config)
    raise ConfigError(
        f"{path}: worker {role().worker} does not see the run folder that the chief "
        "has made. Give --out on a disk that all workers share."
    )
