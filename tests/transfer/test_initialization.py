"""A student that begins with its teacher's levels."""

import keras
import numpy as np
import pytest

from satn_keras.config import StudentConfig, TeacherConfig
from satn_keras.models import build_student, build_teacher
from satn_keras.transfer import AttentionTransfer, initialize_from_teacher

BANDS = 5
SIZES = {"filters": 7, "lstm_units": 3, "attention_units": 7, "dropout": 0.0}
ENCODERS = {
    "tcn": ("level_1", "norm_1", "level_2", "norm_2", "self_attention"),
    "blstm": ("level_1", "norm_1", "self_attention"),
}


def small_teacher(seed=1, **changes):
    keras.utils.set_random_seed(seed)
    config = {**SIZES, "num_levels": 3, "decoder_units": 3, **changes}
    return build_teacher(11, TeacherConfig(**config), BANDS)


def small_student(seed=2, **changes):
    keras.utils.set_random_seed(seed)
    config = {**SIZES, "num_levels": 2, "level_normalization": "layer", **changes}
    return build_student(3, StudentConfig(**config), BANDS)


def weights_by_layer(model):
    return {layer.name: layer.get_weights() for layer in model.layers}


def unequal(model):
    """Gives every weight a value of its own, those that begin at 0 or 1 as well."""
    rng = np.random.default_rng(4)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


@pytest.mark.parametrize("encoder", ENCODERS)
def test_shared_levels_are_copied_to_the_bit_and_the_rest_stays(encoder):
    teacher = unequal(small_teacher(encoder=encoder))
    student = small_student(encoder=encoder)
    given, before = weights_by_layer(teacher), weights_by_layer(student)
    copied = initialize_from_teacher(student, teacher)
    assert copied == ENCODERS[encoder]
    for name, weights in weights_by_layer(student).items():
        expected = given[name] if name in copied else before[name]
        for weight, wanted in zip(weights, expected, strict=True):
            np.testing.assert_array_equal(weight, wanted, err_msg=name)
    for name, weights in weights_by_layer(teacher).items():
        for weight, wanted in zip(weights, given[name], strict=True):
            np.testing.assert_array_equal(weight, wanted, err_msg=name)


def test_copied_levels_give_the_teachers_output():
    teacher, student = unequal(small_teacher()), small_student(num_levels=3)
    initialize_from_teacher(student, teacher)
    x = {
        "features": np.random.default_rng(1).normal(size=(2, 13, BANDS, 3)),
        "mask": np.ones((2, 13), bool),
    }
    outputs = []
    for model in (student, teacher):
        inputs = {name: model.input[name] for name in x}
        view = keras.Model(inputs, model.get_layer("self_attention").output[0])
        outputs.append(keras.ops.convert_to_numpy(view(x)))
    np.testing.assert_allclose(*outputs, rtol=1e-5)


def test_a_level_that_does_not_fit_keeps_its_weights():
    teacher, student = unequal(small_teacher()), small_student(attention_units=6)
    before = student.get_layer("self_attention").get_weights()
    copied = initialize_from_teacher(student, teacher)
    assert copied == ("level_1", "norm_1", "level_2", "norm_2")
    for ours, old in zip(
        student.get_layer("self_attention").get_weights(), before, strict=True
    ):
        np.testing.assert_array_equal(ours, old)


def test_no_layer_is_frozen_or_freed():
    teacher, student = small_teacher(), small_student()
    teacher.trainable = False
    student.get_layer("level_2").trainable = False
    initialize_from_teacher(student, teacher)
    frozen = [layer.name for layer in student.layers if not layer.trainable]
    assert frozen == ["level_2"]
    assert not teacher.trainable


def test_nothing_is_shared_so_that_the_teacher_can_teach_on_and_stays():
    teacher, student = small_teacher(), small_student()
    initialize_from_teacher(student, teacher)
    before = teacher.get_weights()
    trainer = AttentionTransfer(student, teacher)
    trainer.compile("sgd", keras.losses.SparseCategoricalCrossentropy())
    x = {
        "features": np.random.default_rng(1).normal(size=(4, 13, BANDS, 3)),
        "mask": np.ones((4, 13), bool),
    }
    first = trainer.train_on_batch(x, np.array([0, 1, 2, 0]), return_dict=True)
    assert first["transfer_loss"] > 0  # attention hears level 2, the teacher's level 3
    for weight, wanted in zip(teacher.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, wanted)
    moved = student.get_layer("level_1").get_weights()[0]
    assert np.abs(moved - teacher.get_layer("level_1").get_weights()[0]).max() > 0


def test_other_widths_are_refused_with_both_shapes():
    student = small_student(filters=5, attention_units=5)
    with pytest.raises(
        ValueError, match="No layer of student fits one of teacher"
    ) as e:
        initialize_from_teacher(student, small_teacher())
    assert "level_1 has TemporalBlock weights [" in str(e.value)
    # The kernel of the first convolution: taps, inputs and filters.
    assert "(3, 15, 5)" in str(e.value)
    assert "(3, 15, 7)" in str(e.value)


def test_another_kind_of_level_is_refused_by_name():
    student = small_student(encoder="blstm", attention="soft")
    with pytest.raises(
        ValueError, match="Bidirectional weights.*TemporalBlock weights"
    ):
        initialize_from_teacher(student, small_teacher())


def test_models_without_a_common_level_are_refused():
    plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)], name="plain")
    with pytest.raises(ValueError, match="plain fits one of teacher: they share no"):
        initialize_from_teacher(plain, small_teacher())
