"""Training loop over the replicas of the current strategy."""

from __future__ import annotations

import keras

from satn_keras.config import TrainingConfig
from satn_keras.distribution import (
    batches_line,
    current_strategy,
    describe_batches,
    distribute,
    is_chief,
    role,
)
from satn_keras.experiments.fitting import fit
from satn_keras.pipelines import TrainingBatches


def fit_replicas(
    model: keras.Model,
    batches: TrainingBatches,
    validation,
    config: TrainingConfig,
    *args,
    by_length: TrainingBatches | None = None,
    **kwargs,
) -> dict:
    """`fit` of a model that was made in the scope of the current strategy.

    Global and per-replica batch are said on the console. The learning rate is the
    recipe's, however many replicas there are.

    Args:
        model: compiled, with the steps of `ReplicaTraining`.
        batches: training part, each batch this worker's share alone.
        validation: validation part, whole batches; None where there is none.
        config: epochs and learning rate.
        *args: as `fit` takes them.
        by_length: as `fit` takes it.
        **kwargs: as `fit` takes them.

    Returns:
        Record of the best epoch.

    Raises:
        ConfigError: if there are more replicas than rows in a batch, or as `fit`.
    """
    described = describe_batches(config.batch_size, role())
    if described["replicas"] > 1 and is_chief():
        print(batches_line(described, config.learning_rate), flush=True)
    with current_strategy().scope():  # a backup is read into what is there
        model.optimizer.build(model.trainable_variables)
    for part in (batches, by_length):
        if part is not None:
            part.dataset = distribute(part.dataset, whole=False)
    if validation is not None:
        validation = distribute(validation)
    return fit(model, batches, validation, config, *args, by_length=by_length, **kwargs)
