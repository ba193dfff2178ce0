"""What a batch of a recipe comes to on each replica."""

from __future__ import annotations

from satn_keras.distribution.roles import Role
from satn_keras.errors import ConfigError


def describe_batches(batch_size: int, own: Role) -> dict[str, int]:
    """Global and per-replica batch of a training, for the console and the run folder.

    The recipe's batch size is that of all replicas together, so that a recipe means
    the same training wherever it runs; the learning rate stays as it is written.

    Args:
        batch_size: rows of the recipe's batch.
        own: workers and replicas.

    Returns:
        `workers`, `replicas`, `global_batch` and `replica_batch`, the largest share
        of a replica.

    Raises:
        ConfigError: if there are more replicas than rows in a batch.

    Example:
        >>> describe_batches(32, Role(worker=0, workers=1, replicas=4))
        {'workers': 1, 'replicas': 4, 'global_batch': 32, 'replica_batch': 8}
    """
    if batch_size < own.replicas:
        raise ConfigError(
            f"batch_size {batch_size} is smaller than the {own.replicas} replicas: "
            "some would never train. Raise `batch_size`, which counts the rows of all "
            "replicas together, or use fewer devices."
        )
    return {
        "workers": own.workers,
        "replicas": own.replicas,
        "global_batch": batch_size,
        "replica_batch": -(-batch_size // own.replicas),
    }


def batches_line(described: dict[str, int], learning_rate: float) -> str:
    """One line for the console.

    Example:
        >>> batches_line(describe_batches(6, Role(0, 2, 4)), 0.001)
        'batch: 6 rows, 2 or fewer on each of 4 replicas (2 workers); learning rate
        0.001 as in the recipe'
    """
    count = described["replicas"]
    rows, own = described["global_batch"], described["replica_batch"]
    each = f"{own} or fewer" if rows % count else f"{own}"
    return (
        f"batch: {rows} rows, {each} on each of {count} replicas "
        f"({_count(described['workers'])}); learning rate {learning_rate:g} as in the "
        "recipe"
    )


def _count(workers):
    return "1 worker" if workers == 1 else f"{workers} workers"
