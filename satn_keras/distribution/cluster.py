"""The machines of a run, as TF_CONFIG or Slurm name them; loads no TensorFlow."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from typing import Any

from satn_keras.errors import ConfigError

JOBS = ("chief", "worker")  # in the order of their tasks; the first task is the chief
_EXAMPLE = (
    '{"cluster": {"worker": ["host1:12345", "host2:12345"]}, '
    '"task": {"type": "worker", "index": 0}}'
)


@dataclasses.dataclass(frozen=True)
class Cluster:
    """Every worker's address, and which of them this process is.

    Attributes:
        source: "TF_CONFIG" or "Slurm".
        addresses: host:port of each worker, the chief first.
        index: of this process among them.
    """

    source: str
    addresses: tuple[str, ...]
    index: int


def find_cluster(environment: Mapping[str, str] | None = None) -> Cluster | None:
    """Cluster that the environment describes; TF_CONFIG goes before Slurm.

    Args:
        environment: variables by name; those of the process when absent.

    Returns:
        None where neither is set, or Slurm started a single task.

    Raises:
        ConfigError: if TF_CONFIG is malformed, or Slurm's variables are.

    Example:
        >>> config = '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": '
        >>> config += '"worker", "index": 1}}'
        >>> find_cluster({"TF_CONFIG": config}).index
        1
        >>> find_cluster({}) is None
        True
    """
    environment = os.environ if environment is None else environment
    if environment.get("TF_CONFIG", "").strip():
        return _of_tf_config(environment["TF_CONFIG"])
    if _slurm_tasks(environment) > 1:
        return _of_slurm(environment)
    return None


def _of_tf_config(text: str) -> Cluster | None:
    try:
        config = json.loads(text)
    except ValueError as error:
        raise _malformed(f"it is no JSON ({error})") from error
    if not isinstance(config, dict):
        raise _malformed("it is no JSON object")
    if not config.get("cluster"):
        return None  # as TensorFlow reads it: this machine alone
    jobs, task = config["cluster"], config.get("task")
    if not isinstance(jobs, dict) or not set(jobs) <= set(JOBS):
        raise _malformed(f"`cluster` must name the jobs {' and '.join(JOBS)} alone")
    for job, addresses in jobs.items():
        if not _are_addresses(addresses):
            raise _malformed(f"`cluster.{job}` must be a list of host:port")
    if not isinstance(task, dict) or task.get("type") not in jobs:
        raise _malformed(f"`task.type` must be {' or '.join(sorted(jobs))}")
    return _with_index(jobs, task)


def _with_index(jobs, task) -> Cluster:
    own, index = task["type"], task.get("index")
    if not _is_index(index, len(jobs[own])):
        raise _malformed(
            f"`task.index` must be a number from 0 to {len(jobs[own]) - 1}, the "
            f"places in `cluster.{own}`"
        )
    if len(jobs.get("chief", ())) > 1:
        raise _malformed("`cluster.chief` must be one address")
    addresses = [address for job in JOBS for address in jobs.get(job, ())]
    if len(set(addresses)) < len(addresses):
        raise _malformed("two workers have the same host:port")
    before = len(jobs.get("chief", ())) if own == "worker" else 0
    return Cluster("TF_CONFIG", tuple(addresses), before + int(index))


def _of_slurm(environment: Mapping[str, str]) -> Cluster:
    import tensorflow as tf  # whose resolver reads Slurm's lists of hosts

    try:
        # One accelerator a task keeps the resolver from counting them with
        # nvidia-smi: each task finds its own, as Slurm binds them.
        tasks = tf.distribute.cluster_resolver.SlurmClusterResolver(
            gpus_per_node=_slurm_tasks(environment),
            gpus_per_task=1,
            auto_set_gpu=False,
        )
        addresses = tasks.cluster_spec().as_dict()["worker"]
        return Cluster("Slurm", tuple(addresses), tasks.task_id)
    except (RuntimeError, ValueError, KeyError) as error:
        raise ConfigError(
            f"Slurm: the job step cannot be read from its variables ({error}). Start "
            "the workers with `srun`, or set TF_CONFIG."
        ) from error


def _slurm_tasks(environment) -> int:
    count = environment.get("SLURM_STEP_NUM_TASKS", "")
    return int(count) if count.isdecimal() and "SLURM_PROCID" in environment else 0


def _are_addresses(addresses: Any) -> bool:
    if not isinstance(addresses, list) or not addresses:
        return False
    return all(
        isinstance(each, str) and each.rpartition(":")[2].isdecimal() and ":" in each
        for each in addresses
    )


def _is_index(index: Any, count: int) -> bool:
    text = str(index)
    return not isinstance(index, bool) and text.isdecimal() and int(text) < count


def _malformed(reason: str) -> ConfigError:
    return ConfigError(f"TF_CONFIG: {reason}. It looks like: {_EXAMPLE}")
