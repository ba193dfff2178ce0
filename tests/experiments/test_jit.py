"""Every network that a recipe trains, by XLA and without it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.config import ExperimentConfig
from satn_keras.distribution import serve_by_xla
from satn_keras.experiments.learner import make_learner
from satn_keras.experiments.student_trainer import make_trainer
from satn_keras.models import NullClassLoss
from tests.models.small_models import (
    BANDS,
    CLASSES,
    VOICED,
    small_sequence_network,
    small_student,
    small_teacher,
    token_ids,
)
from tests.support import contracts
from tests.support.layer_contracts import numbers
from tests.support.trainable_models import TRAINABLE, in_training, without_dropout
from tests.support.xla_clusters import clusters

WITHOUT_DECODER = {"teacher", "blstm_teacher"}  # its loop over tokens
QUICK = {"student", "student_with_soft_attention", "state_network", "segment_network"}
every_model = pytest.mark.parametrize(
    "contract",
    [
        pytest.param(each, marks=() if each.name in QUICK else pytest.mark.slow)
        for each in TRAINABLE
        if each.name not in WITHOUT_DECODER
    ],
    ids=str,
)


@pytest.fixture(autouse=True)
def same_initial_weights():
    keras.utils.set_random_seed(1)


def step_of(contract, model):
    """Loss and gradients of a step on features of any length."""
    signature = {
        name: tf.TensorSpec(
            [
                None if n == 0 or n in contract.frame_axes[name] else size
                for n, size in enumerate(value.shape)
            ],
            value.dtype,
        )
        for name, value in contract.arguments.items()
    }

    shapes = [y.shape for y in contracts.run(contract, model)]  # the loss asks

    def step(arguments):
        with tf.GradientTape() as tape:
            outputs = in_training(contract, model, arguments)
            outputs = [
                tf.ensure_shape(y, s) for y, s in zip(outputs, shapes, strict=True)
            ]
            loss = contract.loss(outputs)
        return loss, tape.gradient(loss, model.trainable_variables)

    def run(jit):
        compiled = tf.function(step, [signature], autograph=False, jit_compile=jit)
        return compiled({k: tf.constant(v) for k, v in contract.arguments.items()})

    return run


@every_model
def test_a_whole_step_by_xla_has_the_loss_and_the_gradients_of_one_without(contract):
    model = without_dropout(contract.make())
    assert serve_by_xla([model])
    step, state = step_of(contract, model), model.get_weights()
    wanted, slopes = step(jit=False)
    model.set_weights(state)  # moments of batch normalisation
    loss, found = step(jit=True)
    assert float(loss) == pytest.approx(float(wanted), rel=1e-5)
    for ours, theirs in zip(found, slopes, strict=True):
        size = max(1.0, float(tf.reduce_max(tf.abs(theirs))))
        np.testing.assert_allclose(ours, theirs, atol=1e-4 * size)


def test_the_models_that_xla_serves_in_part_are_those_with_a_decoder():
    in_part = {each.name for each in TRAINABLE if not serve_by_xla([each.make()])}
    assert in_part == WITHOUT_DECODER


def losses(model, batches):
    return [model.train_on_batch(*batch, return_dict=True) for batch in batches]


def assert_same_logs(found, wanted):
    assert len(found) == len(wanted)
    for ours, theirs in zip(found, wanted, strict=True):
        assert ours.keys() == theirs.keys()
        for name, value in theirs.items():
            assert ours[name] == pytest.approx(value, rel=1e-4), name


def emotional(rows, frames):
    x = {"features": numbers(rows, frames, BANDS, 3)}
    lengths = frames - np.arange(rows)[:, None]
    x["mask"] = np.arange(frames) < lengths
    return x, np.arange(rows, dtype="int32") % CLASSES


def trained_student(jit, precision="float32", **transfer):
    """Logs of three steps of the trainer that a recipe makes."""
    keras.utils.set_random_seed(1)
    config = ExperimentConfig(
        student_training={
            "jit": jit,
            "precision": precision,
            "learning_rate": 0.01,
            "clip_norm": 1.0,
        },
        transfer=transfer,
    )
    student, teacher = small_student(dropout=0.0), small_teacher()
    trainer = make_trainer(student, teacher if config.transfer.weight else None, config)
    assert trainer.jit_compile == jit
    return losses(trainer, [emotional(3, 17)] * 3)


def test_a_step_of_transfer_is_one_cluster_and_loses_and_learns_the_same():
    before = clusters()
    found = trained_student(jit=True)
    assert any("one_step_on_data" in name for name in clusters() - before)
    wanted = trained_student(jit=False)
    entropies = {"student_entropy", "teacher_entropy"}
    losses = {"loss", "emotion_loss", "transfer_loss"}
    assert wanted[0].keys() == losses | entropies | {"ua"}
    assert wanted[2]["loss"] < wanted[0]["loss"]
    assert_same_logs(found, wanted)


@pytest.mark.slow
@pytest.mark.parametrize(
    "transfer",
    [
        {"map": "attention"},
        {"weight": 0.0},
        {"control": "uniform"},
        {"control": "untrained"},
        {"power": 0.5, "normalization": "l2", "distance": "l2"},
        {"pairs": (("level_1", "memory_sum"),)},
    ],
    ids=str,
)
def test_every_form_of_transfer_is_served(transfer):
    assert_same_logs(
        trained_student(jit=True, **transfer), trained_student(jit=False, **transfer)
    )


@pytest.mark.slow
def test_a_control_that_draws_is_served():
    # XLA draws another permutation, so that only finite losses can be asked for.
    found = trained_student(jit=True, control="shuffled")
    assert np.isfinite([each["loss"] for each in found]).all()


def trained_teacher(jit, **sizes):
    keras.utils.set_random_seed(1)
    config = ExperimentConfig(
        teacher_training={
            "jit": jit,
            "learning_rate": 0.01,
            "guided_attention_weight": 0.5,
            "label_smoothing": 0.1,
        }
    )
    learner = make_learner(small_teacher(dropout=0.0, **sizes), config)
    x, _ = emotional(2, 17)
    x["tokens"] = token_ids(2, 4)
    y = {"tokens": token_ids(2, 4), "ctc": token_ids(2, 4)[:, ::-1].copy()}
    y["alignment"] = np.array([[4.0, 1.0], [4.0, 0.9]], "float32")
    return losses(learner, [(x, y)] * 3)


@pytest.mark.parametrize(
    "encoder", ["tcn", pytest.param("blstm", marks=pytest.mark.slow)]
)
def test_a_teacher_learns_the_same_with_its_encoder_compiled(encoder):
    before = clusters()  # of a BLSTM encoder, what follows the BLSTM
    found = trained_teacher(jit=True, encoder=encoder)
    new = clusters() - before
    assert any("forward" in name for name in new)
    assert any("backward" in name for name in new)
    assert not any("one_step_on_data" in name for name in new)
    assert_same_logs(found, trained_teacher(jit=False, encoder=encoder))


def test_a_teacher_with_a_compiled_encoder_is_saved_and_heard_as_it_was(tmp_path):
    model = small_teacher(dropout=0.0)
    x = {**emotional(2, 17)[0], "tokens": token_ids(2, 4)}
    wanted = model(x)
    make_learner(model, ExperimentConfig(teacher_training={"jit": True}))
    model.save(tmp_path / "teacher.keras")
    loaded = keras.models.load_model(tmp_path / "teacher.keras")
    for other in (model, loaded):
        for name, values in other(x).items():
            np.testing.assert_array_equal(values, wanted[name])


def trained_sequence_network(jit):
    keras.utils.set_random_seed(1)
    network, loss = without_dropout(small_sequence_network()), NullClassLoss()
    whole = jit and serve_by_xla([network], [loss])
    assert whole == jit
    network.compile(keras.optimizers.Adam(0.01), loss, jit_compile=whole)
    x = {"features": numbers(2, 17, BANDS, 2), "mask": VOICED >= 0}
    return losses(network, [(x, VOICED)] * 3)


@pytest.mark.slow
def test_the_sequence_network_loses_and_learns_the_same():
    assert_same_logs(
        trained_sequence_network(jit=True), trained_sequence_network(jit=False)
    )
