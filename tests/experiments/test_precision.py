"""Networks in half precision: what is computed in it, and what is not."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.config import StudentTrainingConfig, TrainingConfig
from satn_keras.experiments.precision import policy_scope, scaled
from satn_keras.transfer import AttentionTransfer
from satn_keras.transfer.views import named_outputs
from tests.models.small_models import BANDS, CLASSES, small_student, small_teacher
from tests.support import contracts
from tests.support.layer_contracts import numbers
from tests.support.trainable_models import TRAINABLE, in_training

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
every_model = pytest.mark.parametrize("contract", TRAINABLE, ids=str)
HALVES = {"mixed_bfloat16": "bfloat16", "mixed_float16": "float16"}
both_halves = pytest.mark.parametrize("precision", HALVES)
# Eight bits of bfloat16 are a relative error of 1/256 an operation, eleven of
# float16 one of 1/2048; a dozen layers follow one another.
TOLERANCE = {"mixed_bfloat16": 0.06, "mixed_float16": 0.01}


@pytest.fixture(autouse=True)
def same_initial_weights():
    keras.utils.set_random_seed(1)


def made(contract, precision):
    with policy_scope(TrainingConfig(precision=precision)):
        return contract.make()


def train_a_step(contract, model, precision):
    """Loss before and after a step as `fit` takes it."""
    config = TrainingConfig(precision=precision, learning_rate=0.001)
    optimizer = scaled(keras.optimizers.Adam(0.001, global_clipnorm=1.0), config)
    with tf.GradientTape() as tape:
        loss = contract.loss(in_training(contract, model))
        larger = optimizer.scale_loss(loss)
    gradients = tape.gradient(larger, model.trainable_variables)
    pairs = zip(gradients, model.trainable_variables, strict=True)
    optimizer.apply_gradients([(g, v) for g, v in pairs if g is not None])
    return float(loss), int(optimizer.iterations)


def probabilities(outputs):
    """Those of the outputs that are distributions, or logarithms of some."""
    for values in outputs:
        values = np.exp(values) if values.max() <= 0 else values
        if values.min() >= 0 and values.max() <= 1 + 1e-6:
            yield values


@every_model
@both_halves
def test_a_step_moves_float32_variables_by_a_finite_loss(contract, precision):
    model = made(contract, precision)
    before = [np.array(value) for value in model.get_weights()]
    loss, iterations = train_a_step(contract, model, precision)
    after = model.get_weights()
    assert np.isfinite(loss)
    assert iterations == 1  # no overflow: the step was taken
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert all(np.isfinite(value).all() for value in after)
    assert any((a != b).any() for a, b in zip(after, before, strict=True))


@every_model
@both_halves
def test_layers_with_weights_compute_in_half_and_only_heads_in_float32(
    contract, precision
):
    model = made(contract, precision)
    dtypes = {
        layer.name: named_outputs(model)[layer.name].dtype
        for layer in model.layers
        if layer.weights
    }
    whole = {name for name, dtype in dtypes.items() if dtype == "float32"}
    heads = {"posterior", "log_posterior", "states", "ctc_logits", "decoder"}
    assert whole <= heads
    assert set(dtypes) - whole
    assert {dtypes[name] for name in set(dtypes) - whole} == {HALVES[precision]}


@every_model
@both_halves
def test_posteriors_are_float32_sum_to_one_and_lie_by_those_of_float32(
    contract, precision
):
    half, full = made(contract, precision), contract.make()
    contracts.run(contract, full)
    half.set_weights(full.get_weights())
    outputs, expected = (contracts.run(contract, model) for model in (half, full))
    assert {str(values.dtype) for values in outputs} == {"float32"}
    distributions = list(probabilities(outputs))
    assert distributions
    for values in distributions:
        np.testing.assert_allclose(values.sum(axis=-1), 1.0, atol=1e-5)
    for values, wanted in zip(outputs, expected, strict=True):
        close = TOLERANCE[precision] * max(1.0, np.abs(wanted).max())
        np.testing.assert_allclose(values, wanted, atol=close)
    assert any((v != w).any() for v, w in zip(outputs, expected, strict=True))


@both_halves
@pytest.mark.parametrize("map", ["activation", "attention"])
def test_a_teacher_of_another_precision_teaches(precision, map):
    x = {"features": numbers(4, 17, BANDS, 3), "mask": np.ones((4, 17), bool)}
    y = np.arange(4) % CLASSES
    losses = {}
    for ours, theirs in (
        (precision, "float32"),
        ("float32", precision),
        ("float32",) * 2,
    ):
        keras.utils.set_random_seed(1)
        with policy_scope(TrainingConfig(precision=ours)):
            student = small_student()
        with policy_scope(TrainingConfig(precision=theirs)):
            teacher = small_teacher()
        trainer = AttentionTransfer(student, teacher, map=map)
        trainer.compile(
            scaled(keras.optimizers.SGD(0.1), TrainingConfig(precision=ours)),
            keras.losses.SparseCategoricalCrossentropy(),
            run_eagerly=True,
        )
        losses[ours, theirs] = trainer.evaluate(x, y, verbose=0, return_dict=True)
        assert np.isfinite(trainer.train_on_batch(x, y)).all()
        assert {weight.dtype for weight in student.weights} == {"float32"}
    wanted = losses.pop(("float32", "float32"))
    for found in losses.values():
        for name, value in wanted.items():
            assert found[name] == pytest.approx(value, rel=0.02)


def test_the_policy_ends_with_its_scope_whatever_happens_in_it():
    with pytest.raises(ZeroDivisionError):
        with policy_scope(TrainingConfig(precision="mixed_float16")):
            raise ZeroDivisionError
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_only_float16_scales_the_loss(precision):
    optimizer = keras.optimizers.SGD()
    assert scaled(optimizer, TrainingConfig(precision=precision)) is optimizer


def test_a_model_trained_in_half_is_loaded_without_the_policy(tmp_path):
    config = StudentTrainingConfig(precision="mixed_bfloat16")
    with policy_scope(config):
        model = small_student()
    x = {"features": numbers(2, 17, BANDS, 3), "mask": np.ones((2, 17), bool)}
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert keras.config.dtype_policy().name == "float32"
    assert loaded.get_layer("level_1").compute_dtype == "bfloat16"
    np.testing.assert_array_equal(
        loaded.predict(x, verbose=0), model.predict(x, verbose=0)
    )
