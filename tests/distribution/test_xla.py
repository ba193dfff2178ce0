"""What XLA compiles of a step, seen in the graphs that TensorFlow keeps."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.distribution.xla import (
    compile_call,
    is_part_for_xla,
    serve_by_xla,
    supports_xla,
)
from tests.support.xla_clusters import clusters


class Uncompilable(keras.layers.Layer):
    """Identity that says that XLA cannot serve it."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_jit = False

    def call(self, inputs):
        return inputs


def small_model(*layers, name="small"):
    layers = layers or (keras.layers.Dense(5, activation="tanh"),)
    return keras.Sequential([keras.Input((3,)), *layers], name=name)


def test_a_step_of_layers_that_xla_serves_is_compiled_whole():
    model = small_model()
    jit = serve_by_xla([model])
    assert jit
    before = clusters()
    model.compile("sgd", "mse", jit_compile=jit)
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 5)))
    assert any("one_step_on_data" in name for name in clusters() - before)


def test_a_layer_that_xla_does_not_serve_leaves_its_model_alone():
    served, other = small_model(), small_model(Uncompilable())
    assert not serve_by_xla([served, other])
    before = clusters()
    other(np.ones((2, 3)))
    assert clusters() <= before
    served(np.ones((2, 3)))
    assert clusters() - before


def test_a_recurrent_layer_is_compiled_within_a_whole_step_only():
    recurrent = keras.Sequential([keras.Input((5, 3)), keras.layers.LSTM(2)])
    assert supports_xla(recurrent)
    assert not is_part_for_xla(recurrent)
    with pytest.raises(ValueError, match=r"cannot compile the layer lstm.*\(LSTM\)"):
        compile_call(recurrent)
    served = small_model()
    assert not serve_by_xla([recurrent, served, small_model(Uncompilable())])
    before = clusters()
    recurrent(np.ones((2, 5, 3)))
    assert clusters() <= before
    served(np.ones((2, 3)))
    assert clusters() - before


def test_a_loss_that_xla_does_not_serve_leaves_the_forward_pass_to_it():
    loss = keras.losses.MeanSquaredError()
    loss.supports_jit = False
    model = small_model()
    assert not serve_by_xla([model], [loss])
    before = clusters()
    model(np.ones((2, 3)))
    assert clusters() - before


def test_forward_pass_and_gradient_of_a_compiled_call_are_clusters_with_equal_values():
    keras.utils.set_random_seed(1)
    model, x = small_model(), tf.random.stateless_normal((4, 3), [1, 2])

    def gradients():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(model(x)))
        return [loss, *tape.gradient(loss, model.trainable_variables)]

    wanted = gradients()
    compile_call(model)
    before = clusters()
    for value, expected in zip(gradients(), wanted, strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-6)
    new = clusters() - before
    assert any("forward" in name for name in new)
    assert any("backward" in name for name in new)


def test_a_compiled_call_drops_other_units_at_each_step_and_none_outside_training():
    model = small_model(keras.layers.Dropout(0.5, seed=1))
    compile_call(model)
    x = np.ones((4, 3), "float32")
    first, second = (model(x, training=True).numpy() for _ in range(2))
    assert {*np.unique(first)} == {0.0, 2.0}
    assert (first != second).any()
    np.testing.assert_array_equal(model(x), x)


def test_a_model_whose_call_is_compiled_is_saved_as_it_was(tmp_path):
    model, x = small_model(), np.ones((2, 3), "float32")
    wanted = model(x).numpy()
    compile_call(model)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded(x), wanted, rtol=1e-6)


def test_a_layer_that_cannot_be_compiled_is_named():
    model = small_model(Uncompilable(name="loop"), name="teacher")
    assert not supports_xla(model)
    with pytest.raises(ValueError, match=r"layer loop of teacher \(Uncompilable\)"):
        compile_call(model)
