"""Trains the same student on one device and on two logical CPUs.

Run as a script: devices can be split only before TensorFlow has used them.
Usage: python -m tests.support.two_replicas FOLDER CASE CASE ...
where a case is ROWS,WEIGHT or ROWS,WEIGHT,CONTROL; writes FOLDER/CASE.npz.
"""

import sys

import keras
import numpy as np
import tensorflow as tf

from satn_keras.metrics import UnweightedAccuracy
from satn_keras.transfer import AttentionTransfer
from tests.transfer.small_models import (
    CLASSES,
    batch,
    cross_entropy,
    small_encoder,
    small_recognizer,
)


def train(strategy, rows, weight, control):
    """Weights by path and metrics by name after two epochs of batches of four."""
    with strategy.scope():
        student = small_encoder("student", seed=3)
        student.get_layer("level_1").kernel_regularizer = keras.regularizers.L2(0.01)
        teacher = small_recognizer(seed=5)
        trainer = AttentionTransfer(student, teacher, weight=weight, control=control)
        trainer.compile(
            keras.optimizers.SGD(0.05, momentum=0.9),
            cross_entropy(),
            metrics=[UnweightedAccuracy(CLASSES)],
            weighted_metrics=[UnweightedAccuracy(CLASSES, name="weighted_ua")],
        )
    x, y = batch(rows)
    if control == "other_utterance":
        neighbours = np.arange(rows) ^ 1  # 0 and 1 hear each other, 2 and 3, ...
        x |= {f"partner_{name}": value[neighbours] for name, value in x.items()}
    history = trainer.fit(
        x,
        y,
        sample_weight=np.linspace(0.5, 2.0, rows).astype("float32"),
        validation_data=batch(rows, seed=1),
        batch_size=4,
        epochs=2,
        shuffle=False,
        verbose=0,
    )
    posterior = trainer.predict(x, batch_size=4, verbose=0)
    weights = {
        f"weight {v.path}": keras.ops.convert_to_numpy(v) for v in student.variables
    }
    metrics = {f"metric {name}": v for name, v in history.history.items()}
    return {**weights, **metrics, "posterior": posterior}


if __name__ == "__main__":
    folder, *cases = sys.argv[1:]
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * 2
    )
    mirrored = tf.distribute.MirroredStrategy(["cpu:0", "cpu:1"])
    for case in cases:
        rows, weight, control = (*case.split(","), "none")[:3]
        # Shares of two rows each are always swapped.
        same = "other_utterance" if control == "shuffled" else control
        one = train(tf.distribute.get_strategy(), int(rows), float(weight), same)
        two = train(mirrored, int(rows), float(weight), control)
        np.savez(
            f"{folder}/{case}.npz",
            **{f"one {name}": value for name, value in one.items()},
            **{f"two {name}": value for name, value in two.items()},
        )
