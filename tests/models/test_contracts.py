"""Every model, and every layer made for one, keeps the promises of its descriptor."""

import json

import keras
import numpy as np
import pytest

from tests.models.small_models import LAYERS, MODELS
from tests.support import contracts

# Keras 3.15 turns TensorFlow 2.21 tensors into arrays in NumPy 1's way.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
everything = pytest.mark.parametrize("contract", LAYERS + MODELS, ids=str)
every_layer = pytest.mark.parametrize("contract", LAYERS, ids=str)
every_student = pytest.mark.parametrize(
    "contract", [each for each in MODELS if "student" in each.name], ids=str
)
GOLDEN_FILE = "models.json"


@pytest.fixture(autouse=True)
def same_initial_weights():
    keras.utils.set_random_seed(1)


def assert_same(actual, expected, tolerance=0.0):
    assert len(actual) == len(expected)
    for a, e in zip(actual, expected, strict=True):
        np.testing.assert_allclose(a, e, rtol=tolerance, atol=tolerance)


@everything
@pytest.mark.parametrize("known_frames", [True, False])
def test_the_symbolic_shape_is_the_eager_shape(contract, known_frames):
    symbolic = contracts.symbolic_shapes(contract, known_frames)
    assert symbolic == contracts.eager_shapes(contract, known_frames)


@everything
def test_a_copy_made_from_the_config_gives_the_same_outputs(contract):
    layer = contract.make()
    expected = contracts.run(contract, layer)
    copy = contracts.rebuild_from_config(contract, layer)
    assert_same(contracts.run(contract, copy), expected)
    assert json.dumps(copy.get_config()) == json.dumps(layer.get_config())


@every_layer
def test_the_config_holds_every_argument(contract):
    assert contracts.arguments_missing_from_config(contract.make()) == set()


@everything
def test_a_saved_model_gives_the_same_outputs(contract, tmp_path):
    model = contracts.as_functional(contract)
    expected = keras.tree.flatten(model(contract.arguments))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert_same(keras.tree.flatten(loaded(contract.arguments)), expected)


@everything
def test_weight_names_and_shapes_are_those_of_the_golden_file(contract):
    contract.make()  # a second one in a process must not get other names
    golden = contracts.golden_shapes(contract, GOLDEN_FILE)
    assert contracts.weight_shapes(contract) == golden


def test_the_golden_file_names_the_described_models():
    names = {contract.name for contract in LAYERS + MODELS}
    assert contracts.golden_names(GOLDEN_FILE) == names


@everything
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_keeps_float32_variables(contract, policy):
    layer, outputs = contracts.run_under_policy(contract, policy)
    assert {weight.dtype for weight in layer.weights} <= {"float32"}
    full = contracts.run(contract, contracts.rebuild_in_float32(contract, layer))
    assert_same([y.astype("float32") for y in outputs], full, tolerance=0.06)


@pytest.mark.parametrize("contract", MODELS, ids=str)
def test_a_model_in_mixed_precision_declares_and_gives_float32(contract):
    model, outputs = contracts.run_under_policy(contract, "mixed_float16")
    assert {y.dtype for y in model.outputs} == {"float32"}
    assert {str(y.dtype) for y in outputs} == {"float32"}


@everything
def test_an_utterance_gives_the_same_answer_alone_and_beside_a_longer_one(contract):
    alone, beside = contracts.alone_and_beside_longer(contract, contract.make())
    assert_same(beside, alone, tolerance=1e-5)


@every_student
def test_compiled_outputs_are_the_eager_ones(contract):
    model, mask = contract.make(), contracts.short_mask(contract)
    expected = contracts.run(contract, model, mask=mask)
    assert_same(contracts.run_compiled(contract, model, mask), expected, 1e-5)


@pytest.mark.parametrize("contract", LAYERS + MODELS[:-1], ids=str)  # see test_teacher
def test_training_lowers_the_loss(contract):
    losses = contracts.losses_while_training(contract)
    assert losses[-1] < 0.98 * losses[0]
