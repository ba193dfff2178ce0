"""Trains a student by XLA, in half precision or with clipped gradients, in two ways.

One is on one device, the other on two CPUs.

Run as a script: devices can be split only before TensorFlow has used them.
Usage: python -m tests.support.two_replicas_served FOLDER CASE CASE ...
where a case is "float16", "overflow" (of the second replica's gradient alone),
"jit" or "clipped" (in single precision); writes FOLDER/CASE.npz.
"""

import sys

import keras
import numpy as np
import tensorflow as tf

from satn_keras.config import TrainingConfig
from satn_keras.distribution import serve_by_xla
from satn_keras.experiments.fitting import make_optimizer
from satn_keras.experiments.precision import policy_scope, scaled
from satn_keras.transfer import AttentionTransfer
from tests.transfer.small_models import (
    batch,
    cross_entropy,
    small_encoder,
    small_recognizer,
)

ROWS = 7  # batches of four and of three


def train(strategy, case):
    """Weights by path and metrics by name after two epochs."""
    single = case in ("jit", "clipped")
    precision = "float32" if single else "mixed_float16"
    config = TrainingConfig(precision=precision, jit=case == "jit", clip_norm=0.05)
    with strategy.scope():
        with policy_scope(config):
            student = small_encoder("student", seed=3)
        trainer = AttentionTransfer(student, small_recognizer(seed=5))
        if case == "clipped":
            optimizer = make_optimizer(config)
        else:
            optimizer = scaled(keras.optimizers.SGD(0.05, momentum=0.9), config)
        trainer.compile(
            optimizer,
            cross_entropy(),
            jit_compile=config.jit and serve_by_xla(trainer.called_models),
        )
    x, y = batch(ROWS)
    weights = np.ones(ROWS, "float32")
    if case == "overflow":
        weights[3] = 1e6  # its loss is finite, and 2 ** 15 times its gradient not
    history = trainer.fit(
        x, y, sample_weight=weights, batch_size=4, epochs=2, shuffle=False, verbose=0
    )
    states = {f"weight {v.path}": v for v in student.variables}
    states["iterations"] = optimizer.iterations
    if precision == "mixed_float16":
        states["scale"] = optimizer.dynamic_scale
    states = {name: keras.ops.convert_to_numpy(v) for name, v in states.items()}
    metrics = {f"metric {name}": v for name, v in history.history.items()}
    return {**states, **metrics, "whole": trainer.jit_compile}


if __name__ == "__main__":
    folder, *cases = sys.argv[1:]
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * 2
    )
    mirrored = tf.distribute.MirroredStrategy(["cpu:0", "cpu:1"])
    for case in cases:
        one = train(tf.distribute.get_strategy(), case)
        two = train(mirrored, case)
        np.savez(
            f"{folder}/{case}.npz",
            **{f"one {name}": value for name, value in one.items()},
            **{f"two {name}": value for name, value in two.items()},
        )
