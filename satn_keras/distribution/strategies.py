"""How the work of a training is spread over devices and machines."""

from __future__ import annotations

import contextlib
import contextvars
import os
import signal
import threading
from collections.abc import Iterator

import tensorflow as tf

from satn_keras.distribution.cluster import Cluster, find_cluster
from satn_keras.distribution.lost_workers import (
    MINUTES_TO_GATHER,
    lost_workers_in_one_line,
    nobody_came,
)
from satn_keras.distribution.names import STRATEGIES
from satn_keras.errors import ConfigError

_CHOSEN: contextvars.ContextVar = contextvars.ContextVar("strategy", default=None)


def make_strategy(name: str = "auto") -> tf.distribute.Strategy:
    """Strategy by its name.

    - "one": TensorFlow's default, one device and no replicas.
    - "mirrored": every GPU of this machine, or every logical CPU where there is none.
    - "multiworker": every machine that TF_CONFIG or Slurm names, with all its GPUs.
      It waits for the others, and must be made before TensorFlow is used.
    - "tpu": every core of the TPU of this machine, or of the one in TPU_NAME.
    - "auto": "multiworker" where TF_CONFIG or Slurm names several workers, else
      "mirrored" where there are several GPUs, else "one".

    Where the other workers do not come within ten minutes the process ends, with one
    line and exit code 2: it cannot raise, for TensorFlow holds its main thread.

    Args:
        name: one of `STRATEGIES`.

    Raises:
        ConfigError: if there is no strategy of this name, no cluster or TPU where
            one is asked for, or TF_CONFIG is malformed.

    Example:
        >>> make_strategy("one").num_replicas_in_sync
        1
    """
    if name not in STRATEGIES:
        raise ConfigError(
            f"strategy {name!r}: there is none of this name. Known: "
            f"{', '.join(STRATEGIES)}."
        )
    if name == "auto":
        name = _fitting()
    makers = {"mirrored": _mirrored, "multiworker": _multiworker, "tpu": _tpu}
    return makers.get(name, tf.distribute.get_strategy)()


@contextlib.contextmanager
def use_strategy(strategy: tf.distribute.Strategy) -> Iterator[tf.distribute.Strategy]:
    """Have every training in the block use `strategy`.

    Models, metrics and optimizers are made in its scope by who trains them; all else
    in the block runs outside the scope, as without a strategy.

    Args:
        strategy: made by `make_strategy`.

    Raises:
        WorkerError: in the place of TensorFlow's error, if another worker is lost.

    Example:
        >>> with use_strategy(make_strategy("one")) as strategy:
        ...     current_strategy() is strategy
        True
    """
    token = _CHOSEN.set(strategy)
    try:
        with lost_workers_in_one_line(strategy):
            yield strategy
    finally:
        _CHOSEN.reset(token)


def current_strategy() -> tf.distribute.Strategy:
    """Strategy of the enclosing `use_strategy`, or of TensorFlow's own scope."""
    return _CHOSEN.get() or tf.distribute.get_strategy()


def strategy_name(strategy: tf.distribute.Strategy) -> str:
    """Name of `STRATEGIES` that makes such a strategy.

    Example:
        >>> strategy_name(make_strategy("one"))
        'one'
    """
    kinds = {
        "multiworker": tf.distribute.MultiWorkerMirroredStrategy,
        "tpu": tf.distribute.TPUStrategy,
        "mirrored": tf.distribute.MirroredStrategy,
    }
    names = [name for name, kind in kinds.items() if isinstance(strategy, kind)]
    return names[0] if names else "one"


def _fitting() -> str:
    cluster = find_cluster()
    if cluster is not None and len(cluster.addresses) > 1:
        return "multiworker"
    return "mirrored" if len(tf.config.list_physical_devices("GPU")) > 1 else "one"


def _mirrored() -> tf.distribute.Strategy:
    devices = tf.config.list_logical_devices("GPU")
    devices = devices or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


def _multiworker() -> tf.distribute.Strategy:
    cluster = find_cluster()
    if cluster is None:
        raise ConfigError(
            "--strategy multiworker: no cluster is described. Set TF_CONFIG for each "
            "worker, or start them with Slurm's `srun`; see docs/distribution.md."
        )
    with _patience(cluster):
        try:
            strategy = tf.distribute.MultiWorkerMirroredStrategy(_resolver(cluster))
        except RuntimeError as error:
            raise ConfigError(
                "--strategy multiworker: the strategy must be made before TensorFlow "
                f"is used ({error}). Make it first."
            ) from error
    # TensorFlow takes SIGTERM for the notice of a preemption and trains on.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return strategy


def _resolver(cluster: Cluster):
    """One job of workers, whatever TF_CONFIG calls them: the first is the chief."""
    spec = tf.train.ClusterSpec({"worker": list(cluster.addresses)})
    gpus = len(tf.config.list_physical_devices("GPU"))
    return tf.distribute.cluster_resolver.SimpleClusterResolver(
        spec,
        task_type="worker",
        task_id=cluster.index,
        num_accelerators={"GPU": gpus} if gpus else {},
        rpc_layer="grpc",
    )


@contextlib.contextmanager
def _patience(cluster: Cluster) -> Iterator[None]:
    """End the process if the others do not come: nothing else can, it is waiting."""
    timer = threading.Timer(60 * MINUTES_TO_GATHER, nobody_came, [cluster])
    timer.daemon = True
    timer.start()
    try:
        yield
    except tf.errors.OpError as error:
        raise ConfigError(
            f"{cluster.source}: the worker {cluster.addresses[cluster.index]} cannot "
            f"join the others ({' '.join(error.message.split())[:200]}). Check that "
            "the address is this machine's and its port free."
        ) from error
    finally:
        timer.cancel()


def _tpu() -> tf.distribute.Strategy:
    name = os.environ.get("TPU_NAME", "local")
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(name)
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
        return tf.distribute.TPUStrategy(resolver)
    except (ValueError, RuntimeError, OSError, tf.errors.OpError) as error:
        reason = str(error).partition(".")[0]
        raise ConfigError(
            f"--strategy tpu: no TPU was found under the name {name!r} ({reason}). Run "
            "on a TPU VM, set TPU_NAME, or choose another strategy."
        ) from error
