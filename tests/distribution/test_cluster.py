"""The cluster that TF_CONFIG or Slurm describes, or one line on what is wrong."""

import json

import pytest

from satn_keras.distribution.cluster import Cluster, find_cluster
from satn_keras.errors import ConfigError

WORKERS = ["a:1", "b:2", "c:3"]


def config(cluster, task):
    return {"TF_CONFIG": json.dumps({"cluster": cluster, "task": task})}


def task(index, job="worker"):
    return {"type": job, "index": index}


def test_a_process_without_either_is_alone():
    assert find_cluster({}) is None
    assert find_cluster({"TF_CONFIG": ""}) is None
    assert find_cluster({"TF_CONFIG": "{}"}) is None


@pytest.mark.parametrize("index", [0, 2, "2"])
def test_tf_config_names_the_workers_in_order_and_this_one(index):
    found = find_cluster(config({"worker": WORKERS}, task(index)))
    assert found == Cluster("TF_CONFIG", ("a:1", "b:2", "c:3"), int(index))


def test_a_chief_of_its_own_is_the_first_worker():
    cluster = {"worker": ["b:2", "c:3"], "chief": ["a:1"]}
    second = find_cluster(config(cluster, task(1)))
    assert second == Cluster("TF_CONFIG", ("a:1", "b:2", "c:3"), 2)
    assert find_cluster(config(cluster, task(0, "chief"))).index == 0


@pytest.mark.parametrize(
    "text, reason",
    [
        ("{", "no JSON"),
        ("[1]", "no JSON object"),
        ('{"cluster": {"ps": ["a:1"]}}', "chief and worker alone"),
        ('{"cluster": ["a:1"]}', "chief and worker alone"),
        ('{"cluster": {"worker": "a:1"}}', "`cluster.worker` must be a list"),
        ('{"cluster": {"worker": ["a"]}}', "`cluster.worker` must be a list"),
        ('{"cluster": {"worker": []}}', "`cluster.worker` must be a list"),
        ('{"cluster": {"worker": ["a:1"]}}', "`task.type` must be worker"),
    ],
)
def test_a_malformed_tf_config_is_one_line_with_an_example(text, reason):
    with pytest.raises(ConfigError, match=f"^TF_CONFIG: .*{reason}.* It looks like: "):
        find_cluster({"TF_CONFIG": text})


@pytest.mark.parametrize("index", [3, -1, None, True, "first", 1.5])
def test_an_index_without_a_worker_is_refused(index):
    with pytest.raises(ConfigError, match="`task.index` must be a number from 0 to 2"):
        find_cluster(config({"worker": WORKERS}, task(index)))


def test_two_workers_at_one_address_are_refused():
    with pytest.raises(ConfigError, match="two workers have the same host:port"):
        find_cluster(config({"worker": ["a:1", "a:1"]}, task(0)))


def test_two_chiefs_are_refused():
    cluster = {"chief": ["a:1", "b:2"], "worker": ["c:3"]}
    with pytest.raises(ConfigError, match="`cluster.chief` must be one address"):
        find_cluster(config(cluster, task(0)))


def slurm(tasks, rank, hosts="node[07-08]", per_node="2,1"):
    return {
        "SLURM_STEP_NUM_TASKS": str(tasks),
        "SLURM_PROCID": str(rank),
        "SLURM_STEP_NODELIST": hosts,
        "SLURM_STEP_TASKS_PER_NODE": per_node,
    }


@pytest.mark.parametrize("rank", [0, 2])
def test_slurm_s_tasks_are_workers_each_with_a_port_of_its_node(monkeypatch, rank):
    for name, value in slurm(3, rank).items():
        monkeypatch.setenv(name, value)
    addresses = ("node07:8888", "node07:8889", "node08:8888")
    assert find_cluster() == Cluster("Slurm", addresses, rank)


def test_a_single_slurm_task_is_alone():
    assert find_cluster(slurm(1, 0)) is None


def test_a_damaged_job_step_is_one_line(monkeypatch):
    for name, value in slurm(3, 0, per_node="two").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match="^Slurm: .*`srun`, or set TF_CONFIG"):
        find_cluster()


def test_tf_config_goes_before_slurm():
    both = {**config({"worker": WORKERS}, task(1)), **slurm(3, 0)}
    assert find_cluster(both).source == "TF_CONFIG"
