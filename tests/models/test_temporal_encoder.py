"""The levels look back only, as far as their dilations say."""

import keras
import numpy as np
import pytest

from tests.models.small_models import BANDS, small_student, small_teacher

FRAMES, CHANGED = 61, 13


def levels(model, count, features):
    names = [f"level_{number}" for number in range(1, count + 1)]
    probe = keras.Model(model.input, [model.get_layer(name).output for name in names])
    inputs = {"features": features, "mask": np.ones(features.shape[:2], bool)}
    if "tokens" in model.input:
        inputs["tokens"] = np.ones((1, 1), "int32")
    return [keras.ops.convert_to_numpy(y) for y in probe(inputs)]


@pytest.mark.parametrize("make", [small_student, small_teacher])
def test_a_frame_reaches_no_earlier_frame_and_as_many_later_ones_as_the_taps(make):
    model = make(num_levels=3, kernel_size=3)
    features = np.random.default_rng(1).standard_normal((1, FRAMES, BANDS, 3))
    other = features.copy()
    other[:, CHANGED] += 3.0
    before = levels(model, 3, features.astype("float32"))
    after = levels(model, 3, other.astype("float32"))
    # Two convolutions of three taps a level, dilated by 1, 2 and 4: each level
    # adds 2 * (3 - 1) * dilation frames.
    for reach, a, b in zip([4, 4 + 8, 4 + 8 + 16], before, after, strict=True):
        moved = np.flatnonzero(np.abs(a - b).max(axis=(0, 2)) > 1e-6)
        assert moved[0] == CHANGED
        assert moved[-1] == CHANGED + reach


def test_dilations_double_from_level_to_level():
    student = small_student(num_levels=4)
    rates = [student.get_layer(f"level_{n}").dilation_rate for n in (1, 2, 3, 4)]
    assert rates == [1, 2, 4, 8]


def test_no_two_dropouts_draw_the_same_units():
    teacher = small_teacher(sampling=0.5, num_levels=5)
    generators = [
        layer.seed_generator
        for layer in teacher._flatten_layers()
        if isinstance(layer, keras.layers.Dropout) and layer.rate
    ]
    generators.append(teacher.get_layer("decoder").random)
    seeds = [int(generator.state[0]) for generator in generators]
    assert len(seeds) == 5 * 2 + 1 + 1 + 1  # levels, memory, decoder, sampling
    assert len(set(seeds)) == len(seeds)


def test_the_same_seed_gives_the_same_dropout():
    inputs = {
        "features": np.ones((2, 7, BANDS, 3), "float32"),
        "mask": np.ones((2, 7), bool),
        "tokens": np.ones((2, 3), "int32"),
    }
    one, two = small_teacher(dropout=0.5), small_teacher(dropout=0.5)
    two.set_weights(one.get_weights())
    first, second = one(inputs, training=True), two(inputs, training=True)
    again = one(inputs, training=True)
    for name in ("tokens", "ctc"):
        np.testing.assert_array_equal(first[name], second[name])
        assert np.abs(first[name] - again[name]).max() > 1e-3
