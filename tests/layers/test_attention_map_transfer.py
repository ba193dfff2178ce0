"""The transfer loss, against its equation written in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.layers import AttentionMapTransfer, SelfAttention, lengths_to_mask
from tests.support.layer_contracts import numbers, softmax_maps

LENGTHS, FRAMES = [11, 6], 11
MASK = lengths_to_mask(LENGTHS, FRAMES)
NORMS = {"l1": lambda m: np.abs(m).sum(), "l2": lambda m: np.sqrt((m**2).sum())}
every_norm = pytest.mark.parametrize("normalization", ["l1", "l2"])
every_distance = pytest.mark.parametrize("distance", ["l1", "l2"])


def activation_map(a, power):
    """m_t = sum_c |A_tc|^p of one utterance."""
    return np.array([sum(abs(x) ** power for x in frame) for frame in a])


def distance_between(student, teacher, normalization, distance):
    """Norm of the difference of two maps, each divided by its own norm."""
    norm = NORMS[normalization]
    return NORMS[distance](student / norm(student) - teacher / norm(teacher))


def resample(m, frames):
    """A square map, or a vector, at another number of frames."""
    old, new = (np.arange(n) + 0.5 for n in (len(m), frames))
    for axis in range(m.ndim):
        m = np.apply_along_axis(
            lambda row: np.interp(new / frames, old / len(old), row), axis, m
        )
    return m


@every_norm
@every_distance
@pytest.mark.parametrize("power", [0.5, 1.0, 2.0, 3.0])
def test_the_activation_distance_is_that_of_the_equation(
    power, normalization, distance
):
    student, teacher = numbers(2, FRAMES, 5), numbers(2, FRAMES, 7)
    layer = AttentionMapTransfer(
        power=power, normalization=normalization, distance=distance
    )
    expected = [
        distance_between(
            activation_map(student[i, :n], power),
            activation_map(teacher[i, :n], power),
            normalization,
            distance,
        )
        for i, n in enumerate(LENGTHS)
    ]
    np.testing.assert_allclose(layer(student, teacher, mask=MASK), expected, 1e-4)


@every_norm
@every_distance
def test_the_attention_distance_is_that_of_the_heads_mean(normalization, distance):
    student = softmax_maps(2, 3, FRAMES, FRAMES)
    teacher = softmax_maps(2, 5, FRAMES, FRAMES)
    layer = AttentionMapTransfer(
        "attention", normalization=normalization, distance=distance
    )
    expected = [
        distance_between(
            student[i, :, :n, :n].mean(0),
            teacher[i, :, :n, :n].mean(0),
            normalization,
            distance,
        )
        for i, n in enumerate(LENGTHS)
    ]
    np.testing.assert_allclose(layer(student, teacher, mask=MASK), expected, 1e-4)


def test_two_frames_by_hand():
    student = np.array([[[1, 1], [1, 0]]], dtype="float32")  # sums of squares 2, 1
    teacher = np.array([[[0, 2], [2, 0]]], dtype="float32")  # sums of squares 4, 4
    distance = AttentionMapTransfer()(student, teacher)
    # Maps (2/3, 1/3) and (1/2, 1/2).
    np.testing.assert_allclose(distance, [1 / 3], rtol=1e-6)


def test_maps_without_a_common_frame_are_at_distance_two():
    student = np.array([[[1.0], [0.0]]], dtype="float32")
    np.testing.assert_allclose(AttentionMapTransfer()(student, 1 - student), [2.0])


def test_equal_maps_are_at_distance_zero():
    x = numbers(2, FRAMES, 5)
    np.testing.assert_allclose(AttentionMapTransfer()(x, -3 * x), [0, 0], atol=1e-6)


def test_a_softmax_map_is_divided_by_its_number_of_true_rows():
    _, weights = SelfAttention(7)(numbers(2, FRAMES, 5), mask=MASK)
    m = AttentionMapTransfer("attention").normalized_map(weights, MASK)
    for i, n in enumerate(LENGTHS):
        np.testing.assert_allclose(m[i], weights[i, 0] / n, rtol=1e-5)


def test_an_alignment_is_averaged_over_its_steps():
    student, teacher = softmax_maps(2, FRAMES), softmax_maps(2, 3, FRAMES)
    layer = AttentionMapTransfer("attention")
    expected = [
        distance_between(student[i, :n], teacher[i, :, :n].mean(0), "l1", "l1")
        for i, n in enumerate(LENGTHS)
    ]
    np.testing.assert_allclose(layer(student, teacher, mask=MASK), expected, 1e-4)
    m = layer.normalized_map(teacher, MASK, average_steps=True)
    np.testing.assert_allclose(m[0], teacher[0].mean(0), rtol=1e-5)


def test_a_longer_teacher_is_interpolated_to_each_true_length():
    student, teacher = numbers(2, FRAMES, 5), numbers(2, 23, 7)
    teacher_lengths = [23, 13]
    layer = AttentionMapTransfer()
    actual = layer(
        student, teacher, mask=MASK, teacher_mask=lengths_to_mask(teacher_lengths, 23)
    )
    expected = [
        distance_between(
            activation_map(student[i, :n], 2),
            resample(activation_map(teacher[i, :m], 2), n),
            "l1",
            "l1",
        )
        for i, (n, m) in enumerate(zip(LENGTHS, teacher_lengths, strict=True))
    ]
    np.testing.assert_allclose(actual, expected, rtol=1e-4)


def test_both_axes_of_a_self_attention_map_are_interpolated():
    student, teacher = softmax_maps(2, FRAMES, FRAMES), softmax_maps(2, 3, 17, 17)
    teacher_lengths = [17, 5]
    layer = AttentionMapTransfer("attention", normalization="l2", distance="l2")
    actual = layer(
        student, teacher, mask=MASK, teacher_mask=lengths_to_mask(teacher_lengths, 17)
    )
    expected = [
        distance_between(
            student[i, :n, :n],
            resample(teacher[i, :, :m, :m].mean(0), n),
            "l2",
            "l2",
        )
        for i, (n, m) in enumerate(zip(LENGTHS, teacher_lengths, strict=True))
    ]
    np.testing.assert_allclose(actual, expected, rtol=1e-4)


def test_without_masks_different_lengths_are_whole_axes():
    student, teacher = numbers(1, 7, 5), numbers(1, 13, 5)
    expected = distance_between(
        activation_map(student[0], 2),
        resample(activation_map(teacher[0], 2), 7),
        "l1",
        "l1",
    )
    actual = AttentionMapTransfer()(student, teacher)
    np.testing.assert_allclose(actual, [expected], rtol=1e-4)


@pytest.mark.parametrize("form", ["activation", "attention"])
def test_equal_lengths_compare_as_if_nothing_were_interpolated(form):
    shape = (2, FRAMES, FRAMES)
    student, teacher = softmax_maps(*shape), softmax_maps(*shape)[::-1]
    layer = AttentionMapTransfer(form)
    expected = layer(student, teacher, mask=MASK)
    again = layer(student, teacher, mask=MASK, teacher_mask=tf.identity(MASK))
    np.testing.assert_allclose(again, expected, rtol=1e-6)


@pytest.mark.parametrize("form", ["activation", "attention"])
def test_the_pair_of_maps_is_what_the_distance_compares(form):
    student, teacher = softmax_maps(2, FRAMES, FRAMES), softmax_maps(2, 17, 17)
    masks = MASK, lengths_to_mask([17, 5], 17)
    layer = AttentionMapTransfer(form)
    first, second = layer.map_pair(student, teacher, *masks)
    axes = tuple(range(1, len(first.shape)))
    np.testing.assert_allclose(
        tf.reduce_sum(tf.abs(first - second), axes), layer(student, teacher, *masks)
    )
    np.testing.assert_array_equal(first, layer.normalized_map(student, MASK))


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0, 4.0])
def test_gradients_stay_off_padding_and_off_the_teacher(power):
    student, teacher = tf.constant(numbers(2, 11, 5)), tf.constant(numbers(2, 13, 7))
    layer = AttentionMapTransfer(power=power)
    with tf.GradientTape() as tape:
        tape.watch([student, teacher])
        mask, teacher_mask = MASK, lengths_to_mask([13, 7], 13)
        loss = tf.reduce_sum(layer(student, teacher, mask, teacher_mask))
    for_student, for_teacher = tape.gradient(loss, [student, teacher])
    assert for_teacher is None
    np.testing.assert_array_equal(for_student[1, 6:], 0.0)
    assert np.abs(for_student[1, :6]).min() > 0


@every_norm
@every_distance
@pytest.mark.parametrize("power", [0.5, 1.0, 2.0, 4.0])
def test_gradients_are_finite_where_activations_and_distances_are_zero(
    power, normalization, distance
):
    layer = AttentionMapTransfer(
        power=power, normalization=normalization, distance=distance
    )
    half = numbers(1, FRAMES, 5) * (np.arange(5) > 2)
    student = tf.constant(np.concatenate([half, half, np.zeros_like(half)]), "float32")
    teacher = tf.constant(np.concatenate([half, half[:, ::-1], half]), "float32")
    with tf.GradientTape() as tape:
        tape.watch(student)
        loss = layer(student, teacher)
    assert np.isfinite(loss).all()
    assert np.isfinite(tape.gradient(loss, student)).all()


@pytest.mark.parametrize("size", [1e-30, 1e-4, 1e30])
def test_the_size_of_the_activations_does_not_matter(size):
    student, teacher = numbers(2, FRAMES, 5), numbers(2, FRAMES, 7)
    layer = AttentionMapTransfer(power=4.0)
    scaled = layer(np.float32(size) * student, teacher)
    np.testing.assert_allclose(scaled, layer(student, teacher), rtol=1e-4)


def test_the_gradient_is_that_of_finite_differences():
    student, teacher = numbers(1, 5, 3), numbers(1, 5, 7)
    layer, x = AttentionMapTransfer(), tf.constant(student)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = layer(x, teacher)
    gradient = tape.gradient(loss, x).numpy()[0]

    def expected_loss(a):
        maps = activation_map(a, 2), activation_map(teacher[0], 2)
        return distance_between(*maps, "l1", "l1")

    for index in np.ndindex(5, 3):
        step = np.zeros((5, 3))
        step[index] = 1e-6
        rise = expected_loss(student[0] + step) - expected_loss(student[0] - step)
        assert gradient[index] == pytest.approx(rise / 2e-6, abs=1e-4)


def test_half_precision_activations_are_compared_in_float32():
    student, teacher = 300 * numbers(1, FRAMES, 5), 300 * numbers(1, FRAMES, 7)
    layer = AttentionMapTransfer(dtype="mixed_float16")
    halves = layer(tf.cast(student, "float16"), tf.cast(teacher, "float16"))
    assert halves.dtype == "float32"
    np.testing.assert_allclose(halves, layer(student, teacher), rtol=2e-3)


def test_float32_maps_stay_float32_under_mixed_precision():
    student, teacher = 1e6 * numbers(1, FRAMES, 5), numbers(1, FRAMES, 7)
    expected = AttentionMapTransfer()(student, teacher)
    actual = AttentionMapTransfer(dtype="mixed_float16")(student, teacher)
    np.testing.assert_array_equal(actual, expected)


def test_masks_attached_by_keras_count_like_masks_given_by_hand():
    student, teacher = numbers(2, FRAMES, 5), numbers(2, FRAMES, 7)
    student[1, 6:] = teacher[1, 6:] = 0.0
    layer, masking = AttentionMapTransfer(), keras.layers.Masking()
    actual = layer(masking(student), masking(teacher))
    np.testing.assert_allclose(actual, layer(student, teacher, mask=MASK), rtol=1e-6)
    assert getattr(actual, "_keras_mask", None) is None


def test_an_utterance_without_true_frames_is_at_distance_zero():
    student, teacher = numbers(1, FRAMES, 5), numbers(1, FRAMES, 7)
    distance = AttentionMapTransfer()(student, teacher, mask=lengths_to_mask([0], 11))
    np.testing.assert_array_equal(distance, [0.0])


@pytest.mark.parametrize("argument", ["map", "normalization", "distance"])
def test_an_unknown_choice_is_refused_with_the_known_ones(argument):
    with pytest.raises(
        ValueError, match=rf"`{argument}` must be one of \('(activation|l1)"
    ):
        AttentionMapTransfer(**{argument: "l3"})


def test_a_power_of_zero_is_refused():
    with pytest.raises(ValueError, match="`power` must be above 0.*power=0"):
        AttentionMapTransfer(power=0)


def test_activations_of_the_wrong_rank_are_refused_with_their_shape():
    with pytest.raises(ValueError, match=r"with 3 axes.*\(2, 11\)"):
        AttentionMapTransfer()(numbers(2, 11), numbers(2, 11))


def test_a_self_attention_map_is_not_compared_with_a_soft_one():
    layer = AttentionMapTransfer("attention")
    with pytest.raises(ValueError, match="another one only.*\n*.*teacher map of"):
        layer(softmax_maps(2, 11, 11), softmax_maps(2, 11))
