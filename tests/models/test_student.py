"""The student has the article's parts, and padding does not change its answer."""

import keras
import numpy as np
import pytest

from satn_keras.models import build_student
from tests.models.small_models import BANDS, CLASSES, small_student


def test_the_default_student_has_as_many_parameters_as_on_paper():
    width, taps, inputs = 256, 3, 40 * 3
    # Weight normalization stores a kernel as v and g; every filter has a bias.
    first = taps * inputs * width + 2 * width
    other = taps * width * width + 2 * width
    skip = inputs * width + width  # into level 1, where the width changes
    levels = first + other + skip + 2 * (2 * other)
    attention = 3 * width * width
    posterior = width * 4 + 4
    assert levels + attention + posterior == 1_306_884
    assert build_student(4).count_params() == 1_306_884


def test_the_soft_student_has_bahdanau_attention_and_no_self_attention():
    student = small_student(attention="soft")
    names = [layer.name for layer in student.layers]
    assert "attention_pooling" in names
    assert "self_attention" not in names


def test_the_posterior_is_a_float32_distribution_over_the_classes():
    features = np.random.default_rng(2).standard_normal((7, 5, BANDS, 3))
    posterior = small_student()(
        {"features": features.astype("float32"), "mask": np.ones((7, 5), bool)}
    )
    assert posterior.dtype == "float32"
    assert posterior.shape == (7, CLASSES)
    np.testing.assert_allclose(keras.ops.sum(posterior, -1), 1.0, rtol=1e-6)


def test_mean_pooling_averages_the_context_over_true_frames():
    student = small_student()
    features = np.random.default_rng(3).standard_normal((1, 11, BANDS, 3))
    inputs = {
        "features": features.astype("float32"),
        "mask": np.arange(11)[np.newaxis] < 7,
    }
    probe = keras.Model(
        student.input,
        [student.get_layer("self_attention").output[0], student.output],
    )
    context, posterior = map(keras.ops.convert_to_numpy, probe(inputs))
    kernel, bias = student.get_layer("posterior").get_weights()
    logits = context[0, :7].mean(axis=0) @ kernel + bias
    expected = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(posterior[0], expected, rtol=1e-5)


def test_fewer_than_two_classes_are_refused():
    with pytest.raises(ValueError, match="`num_classes` must be at least 2. Received"):
        build_student(1)
