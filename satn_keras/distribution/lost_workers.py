"""One clear line where a worker of a run has gone, in place of a hang."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator

import tensorflow as tf

from satn_keras.distribution.cluster import Cluster
from satn_keras.errors import WorkerError

MINUTES_TO_GATHER = 10
_TASK = re.compile(r"/job:worker/(?:replica:0/)?task:(\d+)")
MISTAKE = 2  # exit code, as the command line has it
_SIGNS = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.FailedPreconditionError,
    tf.errors.InternalError,
)


@contextlib.contextmanager
def lost_workers_in_one_line(strategy: tf.distribute.Strategy) -> Iterator[None]:
    """Raise WorkerError where a collective of the block fails.

    Workers send each other a sign of life; TensorFlow aborts what waits for one that
    has been silent for ten seconds. Its own words stand at the line's end: a fault of
    this worker's device raises the same errors.
    """
    try:
        yield
    except _SIGNS as error:
        cluster = _cluster_of(strategy)
        if cluster is None:
            raise
        reason = " ".join(error.message.split())[:200]
        raise WorkerError(
            f"{_lost(error.message, cluster)} has ended or cannot be reached; its own "
            "output says why. What was trained up to the last checkpoint is kept: "
            f"start the same command on all workers again. (TensorFlow: {reason})"
        ) from error


def nobody_came(cluster: Cluster) -> None:
    """Say so and end the process, whose main thread TensorFlow holds."""
    others = [
        address
        for index, address in enumerate(cluster.addresses)
        if index != cluster.index
    ]
    print(
        f"satn: {cluster.source}: not all workers have come within "
        f"{MINUTES_TO_GATHER} minutes. Check that each is started and can be "
        f"reached: {', '.join(others)}.",
        file=sys.stderr,
        flush=True,
    )
    os._exit(MISTAKE)


def _cluster_of(strategy) -> Cluster | None:
    """Cluster with others than this worker, or None."""
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return None
    resolver = strategy.cluster_resolver
    addresses = resolver.cluster_spec().as_dict().get("worker", ())
    if len(addresses) < 2:
        return None
    return Cluster("", tuple(addresses), resolver.task_id)


def _lost(message: str, cluster: Cluster) -> str:
    """Worker that TensorFlow names, or "another worker"."""
    reason = message.partition("aborted by: ")[2]
    found = _TASK.search(reason)
    if found is None or int(found[1]) == cluster.index:
        return "another worker"
    return f"worker {found[1]} ({cluster.addresses[int(found[1])]})"
