"""Decay and averages of the optimizer, on one device."""

import keras
import numpy as np
import tensorflow as tf

from satn_keras.distribution import ReplicaAdam

RATE, DECAY = 0.1, 0.5


def variables():
    """Kernel, bias and gate, all ones."""
    shapes = {"kernel": (2, 3), "bias": (3,), "gate": ()}
    return [
        keras.Variable(np.ones(shape, "float32"), name=name)
        for name, shape in shapes.items()
    ]


def step(optimizer, weights, gradient):
    optimizer.apply([tf.fill(v.shape, gradient) for v in weights], weights)


def test_a_kernel_loses_its_share_of_a_step_and_bias_and_gate_lose_nothing():
    weights = variables()
    step(ReplicaAdam(RATE, weight_decay=DECAY), weights, gradient=0.0)
    kernel, bias, gate = (keras.ops.convert_to_numpy(v) for v in weights)
    np.testing.assert_allclose(kernel, 1 - RATE * DECAY)
    assert (bias == 1).all() and gate == 1


def test_the_decay_is_apart_from_the_gradient():
    # Adam's first step is as long as the rate, whatever the gradient.
    weights = variables()
    step(ReplicaAdam(RATE, weight_decay=DECAY), weights, gradient=-3.0)
    kernel, bias, _ = (keras.ops.convert_to_numpy(v) for v in weights)
    np.testing.assert_allclose(kernel, 1 - RATE * DECAY + RATE, rtol=1e-5)
    np.testing.assert_allclose(bias, 1 + RATE, rtol=1e-5)


def test_averages_and_weights_change_places_to_the_bit():
    weights = variables()
    optimizer = ReplicaAdam(RATE, use_ema=True, ema_momentum=0.9)
    for gradient in (1.0, -0.3, 0.7):
        step(optimizer, weights, gradient)
    before = [keras.ops.convert_to_numpy(v) for v in weights]
    optimizer.swap_averages()
    averages = [keras.ops.convert_to_numpy(v) for v in weights]
    assert not np.array_equal(averages[0], before[0])
    optimizer.swap_averages()
    for variable, value in zip(weights, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(variable), value)


def test_the_end_of_a_fit_leaves_the_weights_of_its_last_step():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    plain = keras.models.clone_model(model)
    plain.set_weights(model.get_weights())
    x, y = np.ones((4, 2)), np.zeros((4, 1))
    for each, average in ((model, True), (plain, False)):
        each.compile(ReplicaAdam(RATE, use_ema=average, ema_momentum=0.9), "mse")
        each.fit(x, y, epochs=3, shuffle=False, verbose=0)
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
