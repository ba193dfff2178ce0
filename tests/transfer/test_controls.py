"""Controls against maps on paper, and what they must leave as it was."""

import random
import typing

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from satn_keras.config import StudentConfig, TeacherConfig, TransferConfig
from satn_keras.models import build_student, build_teacher
from satn_keras.transfer import AttentionTransfer, TransferLoss, untrained_copy
from satn_keras.transfer.comparison import compare
from satn_keras.transfer.controls import CONTROLS, random_cycle, uniform_part
from tests.transfer.small_models import (
    Passage,
    batch,
    cross_entropy,
    small_encoder,
    small_recognizer,
)

# Each utterance's frames as its map should be: level_1 repeats the features.
ONE_THREE = [1, 3]  # (1/4, 3/4)
FLAT = [2, 2, 2, 2]  # (1/4, 1/4, 1/4, 1/4)


def listener(name, passage=None):
    """Model whose level_1 is its only feature; padding may hold anything."""
    inputs = {
        "features": keras.Input((None, 1), name="features"),
        "mask": keras.Input((None,), dtype="bool", name="mask"),
    }
    x = inputs["features"] if passage is None else passage(inputs["features"])
    level = keras.layers.Dense(1, kernel_initializer="ones", name="level_1")(x)
    pooled = keras.layers.GlobalAveragePooling1D()(level)
    posterior = keras.layers.Dense(2, activation="softmax")(pooled)
    return keras.Model(inputs, posterior, name=name)


def padded(utterances, padding=99.0):
    """Features (batch, frames, 1) and mask of utterances given frame by frame."""
    lengths = np.array([len(utterance) for utterance in utterances])
    mask = np.arange(lengths.max()) < lengths[:, None]
    features = np.full((*mask.shape, 1), padding, "float32")
    for row, utterance in enumerate(utterances):
        features[row, : len(utterance), 0] = utterance
    return {"features": features, "mask": mask}


def with_partners(x, partners):
    return {**x, **{f"partner_{name}": value for name, value in partners.items()}}


def listening(control, teacher=None, run_eagerly=False, **kwargs):
    teacher = listener("teacher") if teacher is None else teacher
    trainer = AttentionTransfer(
        listener("student"), teacher, power=1.0, control=control, **kwargs
    )
    trainer.compile(keras.optimizers.SGD(0.0), cross_entropy(), run_eagerly=run_eagerly)
    return trainer


def measured(trainer, x):
    """Transfer loss of a training step and of an evaluation."""
    y = np.zeros(len(x["mask"]), "int32")
    trained = trainer.train_on_batch(x, y, return_dict=True)["transfer_loss"]
    return trained, trainer.evaluate(x, y, verbose=0, return_dict=True)["transfer_loss"]


def of_unknown_length(x):
    """Dataset of one batch whose shape the step's graph does not know."""
    y = np.zeros(len(x["mask"]), "int32")
    signature = tf.nest.map_structure(
        lambda v: tf.TensorSpec([None, None, *v.shape[2:]], v.dtype), x
    )
    return tf.data.Dataset.from_generator(
        lambda: iter([(x, y)]),
        output_signature=(signature, tf.TensorSpec([None], tf.int32)),
    ).apply(tf.data.experimental.assert_cardinality(1))


def weights_of(model):
    return [keras.ops.convert_to_numpy(v).copy() for v in model.variables]


def assert_same(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_recipe_can_name_every_control_and_no_other():
    kinds = TransferConfig.model_fields["control"].annotation
    assert typing.get_args(kinds) == CONTROLS


def test_a_control_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="`control` must be one of.*'mirrored'"):
        AttentionTransfer(listener("student"), weight=0, control="mirrored")


# uniform


def test_uniform_two_frames_give_the_distance_on_paper():
    # (1/4, 3/4) against (1/2, 1/2), and a flat utterance against itself.
    trained, held_out = measured(listening("uniform"), padded([ONE_THREE, FLAT]))
    assert trained == pytest.approx((0.5 + 0.0) / 2, abs=1e-6)
    assert held_out == pytest.approx(0.25, abs=1e-6)


def test_uniform_rows_give_the_distance_on_paper():
    # Two true frames; rows (0.9, 0.1) and (0.3, 0.7), halved, against quarters.
    rows = np.array([[[0.9, 0.1, 0], [0.3, 0.7, 0], [0, 0, 0]]], "float32")
    student = {"maps": [rows[:, None]], "mask": np.array([[True, True, False]])}
    loss = TransferLoss("attention")(uniform_part(student["maps"]), student)
    assert float(loss) == pytest.approx(0.2 + 0.2 + 0.1 + 0.1, abs=1e-6)


def test_uniform_keys_give_the_distance_of_soft_attention_on_paper():
    student = {
        "maps": [np.array([[0.85, 0.15, 0]], "float32")],
        "mask": np.array([[True, True, False]]),
    }
    loss = TransferLoss("attention")(uniform_part(student["maps"]), student)
    assert float(loss) == pytest.approx(0.7, abs=1e-6)


def test_uniform_never_runs_the_teacher_and_needs_none():
    passage = Passage()
    teacher = listener("teacher", passage)
    passage.passages = 0
    trainer = listening("uniform", teacher, run_eagerly=True)
    assert measured(trainer, padded([ONE_THREE]))[0] == pytest.approx(0.5, abs=1e-6)
    assert passage.passages == 0

    alone = AttentionTransfer(small_encoder("student"), control="uniform")
    beside = AttentionTransfer(
        small_encoder("student"), small_recognizer(levels=2), control="uniform"
    )
    assert alone.pairs == beside.pairs
    with pytest.raises(ValueError, match="or `control` 'uniform'"):
        AttentionTransfer(small_encoder("student"), control="shuffled")


def test_uniform_pairs_are_those_of_the_row_it_controls():
    student, teacher = small_encoder("student", levels=3), small_recognizer(levels=2)
    controlled = AttentionTransfer(student, teacher, control="uniform")
    assert controlled.pairs == AttentionTransfer(student, teacher).pairs
    with pytest.raises(ValueError, match="teacher has no layer named 'level_3'"):
        AttentionTransfer(
            student, teacher, control="uniform", pairs=[("level_3", "level_3")]
        )


# shuffled

# The flat student beside (1/4, 3/4): frame centres 0, 1/4, 3/4, 1 of it hold
# 1/4, 3/8, 5/8, 3/4; divided by their sum 2 and less 1/4 each, 3/8 in all.
SWAPPED = (0.5 + 0.375) / 2


@pytest.mark.parametrize("run_eagerly", [True, False])
def test_a_shuffled_batch_of_two_is_swapped_and_fitted_to_the_other_length(
    run_eagerly,
):
    trainer = listening("shuffled", run_eagerly=run_eagerly)
    trained, held_out = measured(trainer, padded([ONE_THREE, FLAT]))
    assert trained == pytest.approx(SWAPPED, abs=1e-6)
    assert held_out == pytest.approx(0, abs=1e-6)  # against its own


def test_shuffled_softmax_maps_are_fitted_to_the_other_length_on_both_axes():
    # The teacher's utterance of one frame has the map [[1]]: flat at any length.
    student = {
        "maps": [np.array([[[0.9, 0.1], [0.3, 0.7]]], "float32")],
        "mask": np.array([[True, True]]),
    }
    teacher = {
        "maps": [np.array([[[1.0, 0], [0, 0]]], "float32")],
        "mask": np.array([[True, False]]),
    }
    loss = TransferLoss("attention")(teacher, student)
    assert float(loss) == pytest.approx(0.6, abs=1e-6)


def test_shuffled_takes_the_teachers_map_and_not_the_students():
    teacher = listener("teacher")
    level = teacher.get_layer("level_1")
    level.set_weights([np.zeros((1, 1)), np.ones(1)])  # deaf: every map is flat
    trained, held_out = measured(
        listening("shuffled", teacher), padded([ONE_THREE, ONE_THREE])
    )
    assert trained == pytest.approx(0.5, abs=1e-6)
    assert held_out == pytest.approx(0.5, abs=1e-6)


def test_an_utterance_alone_in_its_batch_keeps_its_map():
    trained, _ = measured(listening("shuffled"), padded([ONE_THREE]))
    assert trained == pytest.approx(0, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 40), st.integers(0, 2**31 - 1))
def test_a_random_cycle_visits_every_row_once(rows, seed):
    draws = keras.random.SeedGenerator(seed, name="draws")
    following = keras.ops.convert_to_numpy(random_cycle(rows, draws))
    visited, row = [], 0
    for _ in range(rows):
        visited.append(row)
        row = following[row]
    assert sorted(visited) == list(range(rows))


def test_all_cycles_are_as_likely():
    draws = keras.random.SeedGenerator(1, name="draws")
    cycles = [tuple(np.asarray(random_cycle(4, draws))) for _ in range(600)]
    counts = np.unique(cycles, axis=0, return_counts=True)[1]
    assert len(counts) == 6  # (4 - 1)! cycles, 100 times each, sigma 9
    assert np.abs(counts - 100).max() < 50


def test_each_step_shuffles_anew_and_the_seed_decides():
    rng = np.random.default_rng(3)
    x = padded(rng.uniform(0.5, 4, (7, 5)).tolist())
    y = np.zeros(7, "int32")

    def losses(seed):
        trainer = listening("shuffled", seed=seed)
        steps = [trainer.train_on_batch(x, y, return_dict=True) for _ in range(4)]
        # A running mean of four: its multiples are sums, whose steps are the losses.
        sums = [n * step["transfer_loss"] for n, step in enumerate(steps, start=1)]
        return np.diff([0, *sums])

    first = losses(1)
    np.testing.assert_array_equal(first, losses(1))
    assert len(np.unique(first.round(5))) > 1
    assert np.abs(first - losses(2)).max() > 1e-4


def test_evaluation_draws_nothing():
    x, y = padded([ONE_THREE, FLAT]), np.zeros(2, "int32")
    trainer = listening("shuffled")
    (state,) = trainer._comparison.teacher.random_states
    before = keras.ops.convert_to_numpy(state).copy()
    trainer.evaluate(x, y, verbose=0)
    np.testing.assert_array_equal(state, before)
    trainer.train_on_batch(x, y)
    assert np.abs(keras.ops.convert_to_numpy(state) - before).max() > 0


def test_a_shuffled_run_resumes_where_it_stopped(tmp_path):
    x, y = batch(rows=9)

    def trained(*epochs):
        for number, last in enumerate(epochs):
            student = small_encoder("student", dropout=0.3, seed=4 + number)
            trainer = AttentionTransfer(
                student, small_recognizer(seed=3), weight=5.0, control="shuffled"
            )
            trainer.compile(
                keras.optimizers.Adam(0.01), cross_entropy(), run_eagerly=True
            )
            if number:
                trainer.optimizer.build(trainer.trainable_variables)
                trainer.load_weights(tmp_path / "run.weights.h5")
            first = epochs[number - 1] if number else 0
            trainer.fit(
                x, y, epochs=last, initial_epoch=first, shuffle=False, verbose=0
            )
            trainer.save_weights(tmp_path / "run.weights.h5")
        return weights_of(student)

    for whole, resumed in zip(trained(4), trained(2, 4), strict=True):
        np.testing.assert_allclose(resumed, whole, atol=1e-6)


# other_utterance


@pytest.mark.parametrize("run_eagerly", [True, False])
def test_the_teacher_hears_the_partners_in_training_alone(run_eagerly):
    x = padded([ONE_THREE, FLAT])
    # Padded to another number of frames than the student's batch.
    partners = padded([[*FLAT, 2], ONE_THREE])
    trainer = listening("other_utterance", run_eagerly=run_eagerly)
    trained, held_out = measured(trainer, with_partners(x, partners))
    assert trained == pytest.approx(SWAPPED, abs=1e-6)
    assert held_out == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("control", ["shuffled", "other_utterance"])
def test_lengths_that_the_graph_does_not_know_are_fitted_as_well(control):
    x = padded([ONE_THREE, FLAT])
    dataset = of_unknown_length(
        with_partners(x, padded([[*FLAT, 2], ONE_THREE], padding=0.0))
    )
    history = listening(control).fit(
        dataset, validation_data=dataset, shuffle=False, verbose=0
    )
    assert history.history["transfer_loss"] == pytest.approx([SWAPPED], abs=1e-6)
    assert history.history["val_transfer_loss"] == pytest.approx([0], abs=1e-6)


def test_validation_batches_need_no_partners():
    x, y = padded([ONE_THREE]), np.zeros(1, "int32")
    history = listening("other_utterance").fit(
        with_partners(x, padded([FLAT])), y, validation_data=(x, y), verbose=0
    )
    assert history.history["transfer_loss"] == pytest.approx([0.5], abs=1e-6)
    assert history.history["val_transfer_loss"] == pytest.approx([0], abs=1e-6)


def test_training_batches_without_partners_are_refused():
    trainer = listening("other_utterance", run_eagerly=True)
    with pytest.raises(ValueError, match="partner_features and partner_mask in every"):
        trainer.train_on_batch(padded([ONE_THREE]), np.zeros(1, "int32"))


@pytest.mark.parametrize("weight", [0.0, 1.0])
@pytest.mark.parametrize("control", ["none", "other_utterance"])
def test_partners_in_a_batch_do_not_reach_the_student(control, weight):
    x, y = padded([ONE_THREE, FLAT]), np.zeros(2, "int32")
    more = with_partners(x, padded([FLAT, FLAT]))
    trainer = listening(control, weight=weight)
    posterior = trainer.predict(x, verbose=0)
    np.testing.assert_array_equal(trainer.predict(more, verbose=0), posterior)
    plain, beside = (trainer.evaluate(each, y, verbose=0) for each in (x, more))
    assert plain == beside
    trainer.train_on_batch(more, y)
    np.testing.assert_array_equal(trainer.predict(x, verbose=0), posterior)


# untrained


def small_teacher():
    sizes = {"filters": 7, "attention_units": 7, "decoder_units": 3, "num_levels": 3}
    return build_teacher(11, TeacherConfig(**sizes), bands=5, seed=1)


def next_draws():
    """What each of the global random states gives next."""
    return [
        random.random(),
        np.random.random(),
        float(keras.random.uniform(())),
        float(tf.random.uniform(())),
        *keras.layers.Dense(3)(np.ones((1, 2))).numpy().tolist()[0],
    ]


def test_an_untrained_copy_has_the_shapes_and_none_of_the_drawn_weights():
    teacher = small_teacher()
    before = weights_of(teacher)
    copy = untrained_copy(teacher, seed=5)
    assert [v.path for v in copy.weights] == [v.path for v in teacher.weights]
    assert copy.get_config() == teacher.get_config()
    kernels = [
        (ours, theirs)
        for ours, theirs in zip(copy.weights, teacher.weights, strict=True)
        if ours.name == "kernel"
    ]
    assert len(kernels) > 5
    for ours, theirs in kernels:
        assert ours.shape == theirs.shape
        assert np.abs(ours.numpy() - theirs.numpy()).max() > 1e-3
    assert_same(weights_of(teacher), before)


def test_the_seed_of_an_untrained_copy_decides_its_weights():
    teacher = small_teacher()
    one, two, other = (untrained_copy(teacher, seed) for seed in (5, 5, 6))
    assert_same(weights_of(one), weights_of(two))
    kernels = [copy.get_layer("level_1").weights[0].numpy() for copy in (one, other)]
    assert np.abs(kernels[0] - kernels[1]).max() > 1e-3


def test_an_untrained_copy_is_not_the_student_that_the_same_seed_draws():
    teacher = small_encoder("teacher")
    keras.utils.set_random_seed(5)
    student = small_encoder("student", seed=5)
    copy = untrained_copy(teacher, seed=5)
    kernels = [each.get_layer("level_1").weights[0].numpy() for each in (student, copy)]
    assert kernels[0].shape == kernels[1].shape
    assert np.abs(kernels[0] - kernels[1]).max() > 1e-3


@pytest.mark.parametrize("control", CONTROLS)
def test_no_control_touches_a_global_random_state(control):
    student, teacher = small_encoder("student"), small_recognizer()
    x, y = batch()
    x = with_partners(x, x)

    def draws(action):
        keras.utils.set_random_seed(7)
        next_draws()  # the states are under way
        action()
        return next_draws()

    def train():
        trainer = AttentionTransfer(student, teacher, control=control, seed=7)
        trainer.compile("sgd", cross_entropy(), run_eagerly=True)
        trainer.train_on_batch(x, y)

    # Nothing else in a step draws from them either.
    assert draws(train) == draws(lambda: None)


@pytest.mark.parametrize("control", CONTROLS[1:])
def test_a_controlled_student_begins_and_drops_out_as_the_row_it_controls(control):
    x, y = batch()
    x = with_partners(x, x)

    def begun(control):
        keras.utils.set_random_seed(7)
        teacher = small_teacher()
        config = StudentConfig(filters=7, attention_units=7, dropout=0.5)
        trainer = AttentionTransfer(
            teacher=teacher,
            student=build_student(3, config, bands=5, seed=7),
            weight=1e-30,  # lost beside the emotion loss
            control=control,
            seed=7,
        )
        before = weights_of(trainer.student)
        trainer.compile(keras.optimizers.SGD(0.1), cross_entropy(), run_eagerly=True)
        losses = [trainer.train_on_batch(x, y, return_dict=True) for _ in range(2)]
        return before, [loss["emotion_loss"] for loss in losses]

    (ours, our_losses), (theirs, their_losses) = begun(control), begun("none")
    assert_same(ours, theirs)
    assert our_losses == pytest.approx(their_losses, abs=1e-6)


def test_an_untrained_teacher_gives_the_maps_of_the_copy():
    student, teacher = small_encoder("student", seed=2), small_recognizer(seed=3)
    x, y = batch()
    losses = []
    for control, other in (
        ("untrained", teacher),
        ("none", untrained_copy(teacher, seed=9)),
        ("none", teacher),
    ):
        trainer = AttentionTransfer(student, other, control=control, seed=9)
        trainer.compile("sgd", cross_entropy(), run_eagerly=True)
        losses.append(trainer.evaluate(x, y, verbose=0, return_dict=True))
    assert losses[0] == losses[1]
    assert losses[0]["transfer_loss"] != pytest.approx(losses[2]["transfer_loss"])


# all of them


def small_comparison(control, teacher, map="activation"):
    return compare(small_encoder("student", seed=2), teacher, map, None, control)


@pytest.mark.parametrize("map", ["activation", "attention"])
@pytest.mark.parametrize("control", CONTROLS)
def test_gradients_reach_the_student_and_never_the_teacher(control, map):
    teacher = small_recognizer(seed=3)
    comparison = small_comparison(control, teacher, map)
    x, _ = batch()
    partners = {name: tf.constant(value[::-1].copy()) for name, value in x.items()}
    x = with_partners(x, partners)
    with tf.GradientTape() as tape:
        tape.watch(partners["features"])
        heard = comparison.teacher.hear(x, training=True)
        part = comparison.student.hear(x, training=True)
        loss = comparison.distance(heard, part)
    view = comparison.teacher.view
    theirs = [*teacher.trainable_variables, *(view.variables if view else [])]
    ours = comparison.student.view.trainable_variables
    found = tape.gradient(
        loss, {"student": ours, "teacher": [*theirs, partners["features"]]}
    )
    assert all(gradient is None for gradient in found["teacher"])
    assert max(np.abs(g).max() for g in found["student"] if g is not None) > 1e-4


@pytest.mark.parametrize("map", ["activation", "attention"])
@pytest.mark.parametrize("control", CONTROLS[1:])
def test_training_nears_what_the_control_puts_in_the_teachers_place(control, map):
    # A batch of two: shuffled is then the same swap at every step.
    x, y = batch(rows=2)
    x = with_partners(x, {name: value[::-1].copy() for name, value in x.items()})
    trainer = AttentionTransfer(
        small_encoder("student", seed=2),
        small_recognizer(seed=3),
        30.0,
        map,
        control=control,
    )
    trainer.compile(keras.optimizers.Adam(0.02), cross_entropy(), run_eagerly=True)
    losses = trainer.fit(x, y, epochs=15, verbose=0).history["transfer_loss"]
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize("control", CONTROLS)
def test_half_precision_and_xla_give_the_same_loss(control):
    x, y = batch(rows=2)
    x = with_partners(x, {name: value[::-1].copy() for name, value in x.items()})
    losses = []
    for dtype, jit_compile in (
        ("float32", False),
        ("float32", True),
        ("mixed_float16", False),
    ):
        student = small_encoder("student", seed=2, dtype=dtype)
        student.dtype_policy = keras.dtype_policies.get(dtype)
        trainer = AttentionTransfer(
            student, small_recognizer(seed=3, dtype=dtype), control=control
        )
        trainer.compile(
            "sgd",
            cross_entropy(),
            jit_compile=jit_compile,
            run_eagerly=not jit_compile,
        )
        losses.append(trainer.train_on_batch(x, y, return_dict=True)["transfer_loss"])
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
    assert losses[2] == pytest.approx(losses[0], rel=0.02)


def test_a_recipe_describes_control_and_seed():
    config = TransferConfig(control="untrained", initialization="teacher")
    x, y = batch()
    losses = []
    for seed in (1, 1, 2):
        trainer = AttentionTransfer.from_config_values(
            small_encoder("student", seed=2),
            small_recognizer(seed=3),
            config,
            seed=seed,
        )
        trainer.compile("sgd", cross_entropy(), run_eagerly=True)
        losses.append(trainer.evaluate(x, y, verbose=0, return_dict=True))
    assert losses[0] == losses[1] != losses[2]
