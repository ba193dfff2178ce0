"""Strategies by name, on a machine with one CPU."""

import json

import pytest
import tensorflow as tf

from satn_keras.distribution import lost_workers, strategies
from satn_keras.distribution.cluster import Cluster
from satn_keras.distribution.roles import Role, by_chief, of_chief, role, worker_share
from satn_keras.distribution.strategies import (
    current_strategy,
    make_strategy,
    strategy_name,
    use_strategy,
)
from satn_keras.errors import ConfigError, WorkerError


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No cluster but the one that a test describes."""
    for name in ("TF_CONFIG", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "TPU_NAME"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["one", "auto"])
def test_one_device_needs_no_strategy(name):
    assert make_strategy(name) is tf.distribute.get_strategy()


def test_mirrored_without_a_gpu_takes_the_cpu():
    strategy = make_strategy("mirrored")
    assert isinstance(strategy, tf.distribute.MirroredStrategy)
    assert role(strategy) == Role(worker=0, workers=1, replicas=1)
    assert strategy_name(strategy) == "mirrored"


def test_several_gpus_are_mirrored_by_default(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["a", "b"])
    made = []
    monkeypatch.setattr(strategies, "_mirrored", lambda: made.append("mirrored"))
    make_strategy("auto")
    assert made == ["mirrored"]


def test_several_workers_are_taken_by_default(monkeypatch):
    cluster = {"worker": ["127.0.0.1:1", "127.0.0.1:2"]}
    config = {"cluster": cluster, "task": {"type": "worker", "index": 0}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    made = []
    monkeypatch.setattr(strategies, "_multiworker", lambda: made.append("workers"))
    make_strategy("auto")
    assert made == ["workers"]


@pytest.mark.parametrize(
    "name, reason",
    [
        ("all", "there is none of this name. Known: auto, one, mirrored, multiw"),
        ("multiworker", "no cluster is described. Set TF_CONFIG"),
        ("tpu", "no TPU was found under the name 'local'"),
    ],
)
def test_what_is_not_there_is_one_line(name, reason):
    with pytest.raises(ConfigError, match=reason) as caught:
        make_strategy(name)
    assert "\n" not in str(caught.value)


def test_several_workers_come_before_tensorflow_is_used(monkeypatch):
    tf.constant(1)
    config = {
        "cluster": {"worker": ["127.0.0.1:1"]},
        "task": {"type": "worker", "index": 0},
    }
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    with pytest.raises(ConfigError, match="before TensorFlow is used"):
        make_strategy("multiworker")


def test_a_strategy_is_used_within_its_block_alone():
    strategy = make_strategy("mirrored")
    with use_strategy(strategy):
        assert current_strategy() is strategy
        assert not tf.distribute.has_strategy()  # its scope is the trainings' affair
    assert current_strategy() is tf.distribute.get_strategy()


def test_a_scope_of_tensorflow_s_own_is_seen_too():
    strategy = make_strategy("mirrored")
    with strategy.scope():
        assert current_strategy() is strategy


def test_a_process_alone_is_the_chief_of_one():
    assert role() == Role(worker=0, workers=1, replicas=1)
    assert worker_share() == (0, 1)
    assert of_chief(lambda: 0.25) == 0.25
    assert by_chief(lambda: "done") == "done"


def test_the_first_worker_is_the_chief():
    assert [Role(worker, 3, 6).is_chief for worker in range(3)] == [True, False, False]
    assert Role(2, 3, 6).local_replicas == 2


LOST = (
    "{{function_node f}} Collective ops is aborted by: Error reported from "
    "/job:worker/task:1: The following tasks are unhealthy:\n/job:worker/replica:0/"
    "task:1\nThe error could be from a previous operation."
)


class Multiworker(tf.distribute.MultiWorkerMirroredStrategy):
    """Worker of a cluster that was never made."""

    def __init__(self, index, addresses=("a:1", "b:2")):
        spec = tf.train.ClusterSpec({"worker": list(addresses)})
        self.cluster = tf.distribute.cluster_resolver.SimpleClusterResolver(
            spec, task_type="worker", task_id=index
        )

    @property
    def cluster_resolver(self):
        return self.cluster


@pytest.mark.parametrize(
    "index, who", [(0, r"worker 1 \(b:2\)"), (1, "another worker")]
)
def test_a_lost_worker_is_one_line_that_says_how_to_go_on(index, who):
    with pytest.raises(WorkerError, match=f"^{who} has ended or cannot be reached"):
        with use_strategy(Multiworker(index)):
            raise tf.errors.UnavailableError(None, None, LOST)


def test_the_line_of_a_lost_worker_ends_with_tensorflow_s_own_words():
    words = r"\(TensorFlow: .*CUDNN execution failed\)$"
    with pytest.raises(WorkerError, match=words) as told:
        with use_strategy(Multiworker(0)):
            raise tf.errors.InternalError(None, None, "CUDNN\nexecution failed")
    assert "\n" not in str(told.value)


def test_a_worker_alone_has_lost_nobody():
    with pytest.raises(tf.errors.InternalError, match="CUDNN"):
        with use_strategy(Multiworker(0, addresses=["a:1"])):
            raise tf.errors.InternalError(None, None, "CUDNN execution failed")


def test_an_error_of_one_device_stays_as_it_is():
    with pytest.raises(tf.errors.UnavailableError):
        with use_strategy(make_strategy("one")):
            raise tf.errors.UnavailableError(None, None, LOST)


def test_workers_that_never_come_end_the_process_with_one_line(monkeypatch, capsys):
    codes = []
    monkeypatch.setattr(lost_workers.os, "_exit", codes.append)
    lost_workers.nobody_came(Cluster("Slurm", ("a:1", "b:2", "c:3"), 1))
    assert codes == [2]
    line = capsys.readouterr().err
    assert line.startswith("satn: Slurm: not all workers have come within 10 minutes")
    assert line.endswith("can be reached: a:1, c:3.\n")
