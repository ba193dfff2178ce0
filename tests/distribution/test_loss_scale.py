"""Loss scaling: what is divided, what is passed over, and by whom."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.distribution.loss_scale import LossScale

SCALE = 2.0**15


def optimizer_of(scale=SCALE, **options):
    inner = keras.optimizers.SGD(1.0, **options)
    return LossScale(inner, initial_scale=scale, dynamic_growth_steps=3)


def step(optimizer, variable, slope):
    """One step on the loss slope * variable."""
    with tf.GradientTape() as tape:
        loss = optimizer.scale_loss(tf.reduce_sum(variable * slope))
    optimizer.apply_gradients([(tape.gradient(loss, variable), variable)])


def test_a_step_is_the_step_of_the_optimizer_inside():
    variable = tf.Variable([3.0, 5.0])
    step(optimizer_of(), variable, [0.25, -1.0])
    np.testing.assert_array_equal(variable, [2.75, 6.0])


def test_a_gradient_too_small_for_float16_moves_a_weight():
    optimizer, variable = optimizer_of(), tf.Variable([0.0])
    with tf.GradientTape() as tape:
        half = tf.cast(variable, tf.float16)
        loss = optimizer.scale_loss(tf.cast(half, tf.float32) * 2.0**-26)
    gradient = tape.gradient(loss, variable)  # 2 ** -26 alone is 0 in float16
    optimizer.apply_gradients([(gradient, variable)])
    np.testing.assert_array_equal(variable, [-(2.0**-26)])


def test_an_overflow_leaves_the_weights_and_halves_the_scale():
    optimizer, variable = optimizer_of(), tf.Variable([3.0, 5.0])
    step(optimizer, variable, [0.25, np.inf])
    np.testing.assert_array_equal(variable, [3.0, 5.0])
    assert float(optimizer.dynamic_scale) == SCALE / 2
    assert int(optimizer.iterations) == 0


def test_steps_without_overflow_double_the_scale_and_an_overflow_starts_the_count():
    optimizer, variable = optimizer_of(), tf.Variable([3.0])
    scales = []
    for slope in (1.0, 1.0, np.nan, 1.0, 1.0, 1.0, 1.0):
        step(optimizer, variable, [slope])
        scales.append(float(optimizer.dynamic_scale) / SCALE)
    assert scales == [1, 1, 0.5, 0.5, 0.5, 1, 1]


@pytest.mark.parametrize(
    ("clip", "moved"), [(10.0, [3.0, 4.0]), (2.5, [1.5, 2.0])], ids=["wide", "narrow"]
)
def test_the_gradient_is_clipped_after_the_scale_is_taken_out(clip, moved):
    variable = tf.Variable([0.0, 0.0])
    step(optimizer_of(global_clipnorm=clip), variable, [3.0, 4.0])  # of norm 5
    np.testing.assert_allclose(-variable.numpy(), moved, rtol=1e-6)


def test_it_is_kept_in_a_saved_model(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(optimizer_of(scale=8.0), "mse")
    model.train_on_batch(np.ones((2, 3)), np.full((2, 1), np.inf))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert isinstance(loaded.optimizer, LossScale)
    assert float(loaded.optimizer.dynamic_scale) == 4.0
