"""What part this process has in a run of several workers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TypeVar

import tensorflow as tf

from satn_keras.distribution.strategies import current_strategy

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Role:
    """Place of this process among the workers.

    Attributes:
        worker: index of this process; worker 0 is the chief.
        workers: processes that train together.
        replicas: of the model, over all workers.
    """

    worker: int
    workers: int
    replicas: int

    @property
    def is_chief(self) -> bool:
        """Whether this process writes the run folder and judges."""
        return self.worker == 0

    @property
    def local_replicas(self) -> int:
        """Replicas on the devices of this process."""
        return self.replicas // self.workers


def role(strategy: tf.distribute.Strategy | None = None) -> Role:
    """Role of this process under a strategy; under the current one when absent.

    Example:
        >>> role()
        Role(worker=0, workers=1, replicas=1)
    """
    strategy = strategy or current_strategy()
    replicas = strategy.num_replicas_in_sync
    resolver = strategy.cluster_resolver
    if isinstance(strategy, tf.distribute.TPUStrategy) or resolver is None:
        return Role(0, 1, replicas)
    workers = resolver.cluster_spec().as_dict().get("worker", [])
    return Role(resolver.task_id or 0, max(len(workers), 1), replicas)


def is_chief() -> bool:
    """Whether this process writes the run folder and judges; alone it does."""
    return role().is_chief


def worker_share() -> tuple[int, int]:
    """Index of this worker, and how many there are: whose part of a batch to read.

    Example:
        >>> worker_share()
        (0, 1)
    """
    own = role()
    return own.worker, own.workers


def wait_for_all() -> None:
    """Go on when every worker has come here; at once where there is one.

    Raises:
        UnavailableError: if a worker is lost; `use_strategy` makes it one line.
    """
    of_chief(lambda: 0.0)


def of_chief(value: Callable[[], float]) -> float:
    """What `value` gives the chief, on every worker; no other worker calls it.

    Workers that choose an epoch, or stop, by such a number do so together.

    Example:
        >>> of_chief(lambda: 0.5)
        0.5
    """
    strategy, own = current_strategy(), role()
    if own.workers == 1:
        return value()
    here = tf.constant(value() if own.is_chief else 0.0, tf.float64)
    return float(strategy.reduce("SUM", here, axis=None))


def by_chief(action: Callable[[], T]) -> T | None:
    """Have the chief do something, while the other workers wait.

    Returns:
        What `action` gives the chief; None on other workers, which do not call it.

    Example:
        >>> by_chief(lambda: "written")
        'written'
    """
    result = action() if is_chief() else None
    wait_for_all()
    return result
