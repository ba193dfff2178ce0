"""Trains the same models on one device and on several logical CPUs.

Run as a script: devices can be split only before TensorFlow has used them.
Usage: python -m tests.support.replicas FOLDER COUNT CASE CASE ...
where a case is one of `replica_models.CASES`; writes FOLDER/CASE.npz. What one
device gives is read from the environment's ONE_DEVICE/CASE.npz, where that is set.
"""

import os
import sys

import keras
import numpy as np
import tensorflow as tf

from satn_keras.distribution import distribute, make_strategy, use_strategy
from tests.support.replica_models import CASES

EPOCHS, BATCH = 3, 4


def batches(arrays):
    """Batches under the current strategy, the last of them ragged."""
    return distribute(tf.data.Dataset.from_tensor_slices(arrays).batch(BATCH))


def train(strategy, case, replicas):
    """Weights by path, metrics by name, and the posterior."""
    with strategy.scope():
        model = case.build(replicas)
    with use_strategy(strategy):
        history = model.fit(
            batches(case.training),
            validation_data=case.validation and batches(case.validation),
            epochs=EPOCHS,
            shuffle=False,
            verbose=0,
        )
    weights = {f"weight {v.path}": keras.ops.convert_to_numpy(v) for v in model.weights}
    averages = getattr(model.optimizer, "_model_variables_moving_average", [])
    for number, average in enumerate(averages):
        weights[f"average {number}"] = keras.ops.convert_to_numpy(average)
    metrics = {f"metric {name}": v for name, v in history.history.items()}
    if not case.predicts:
        return {**weights, **metrics}
    posterior = model.predict(case.training[0], batch_size=BATCH, verbose=0)
    return {**weights, **metrics, "posterior": posterior}


def on_one_device(name):
    """Of a case, by name: trained here, or by another process before."""
    if "ONE_DEVICE" not in os.environ:
        return train(tf.distribute.get_strategy(), CASES[name], 1)
    with np.load(f"{os.environ['ONE_DEVICE']}/{name}.npz") as known:
        names = [key for key in known if key.startswith("one ")]
        return {key.removeprefix("one "): known[key] for key in names}


if __name__ == "__main__":
    folder, count, *names = sys.argv[1:]
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * int(count)
    )
    mirrored = make_strategy("mirrored")  # a process can have but one
    for name in names:
        one = on_one_device(name)
        many = train(mirrored, CASES[name], int(count))
        np.savez(
            f"{folder}/{name}.npz",
            **{f"one {key}": value for key, value in one.items()},
            **{f"many {key}": value for key, value in many.items()},
        )
