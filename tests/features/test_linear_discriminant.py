"""Scores of groups that share a covariance."""

import keras
import numpy as np
import pytest

from satn_keras.features import LinearDiscriminant


def test_a_value_counts_in_deviations_five_at_most():
    layer = LinearDiscriminant(2, 3)
    kernel = [[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]]
    layer.set_discriminant([1.0, 0.0], [2.0, 0.5], kernel, [0.0, 0.25, 0.0])
    scores = layer(np.array([[5.0, -0.25], [99.0, 0.0]]))
    # 4 of 2 are 2 deviations; 98 of 2 are cut at 5.
    np.testing.assert_allclose(scores, [[2.0, -0.25, 4.0], [5.0, 0.25, 10.0]])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            ([1.0], [1.0, 1.0], np.eye(2), [0, 0]),
            r"`center` must have the shape \(2,\)",
        ),
        (([0, 0], [1.0, 1.0], np.eye(3), [0, 0]), r"`kernel` must have the shape"),
        (([0, 0], [1.0, 0.0], np.eye(2), [0, 0]), "`spread` must be above 0"),
    ],
)
def test_weights_that_do_not_fit_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        LinearDiscriminant(2, 2).set_discriminant(*values)


def test_its_weights_are_saved_and_never_trained(tmp_path):
    layer = LinearDiscriminant(2, 2)
    layer.set_discriminant([1, 2], [3, 4], [[5, 6], [7, 8]], [9, 10])
    inputs = keras.Input((2,))
    model = keras.Model(inputs, layer(inputs))
    assert not model.trainable_variables
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(1).normal(size=(3, 2))
    np.testing.assert_array_equal(model(x), again(x))
