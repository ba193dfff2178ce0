"""Training on several devices, and on several machines.

Names load when they are first used, so that the command line can offer strategies
without TensorFlow.
"""

from satn_keras.lazy_names import lazy_names

_HOMES = {
    "Cluster": "cluster",
    "LossScale": "loss_scale",
    "ReplicaAdam": "replica_adam",
    "ReplicaModel": "replica_training",
    "ReplicaTraining": "replica_training",
    "Role": "roles",
    "STRATEGIES": "names",
    "batches_line": "batch_sizes",
    "by_chief": "roles",
    "compile_call": "xla",
    "current_strategy": "strategies",
    "describe_batches": "batch_sizes",
    "distribute": "slices",
    "filled": "stand_in",
    "find_cluster": "cluster",
    "is_chief": "roles",
    "is_part_for_xla": "xla",
    "make_strategy": "strategies",
    "of_chief": "roles",
    "outputs_alone": "alone",
    "own_rows": "stand_in",
    "own_share": "slices",
    "role": "roles",
    "serve_by_xla": "xla",
    "share_bounds": "slices",
    "strategy_name": "strategies",
    "use_strategy": "strategies",
    "wait_for_all": "roles",
    "worker_share": "roles",
}

__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
