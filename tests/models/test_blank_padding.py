"""Padded frames can say the blank alone."""

import keras
import numpy as np

from satn_keras.models.blank_padding import BlankPadding
from tests.support.layer_contracts import numbers


def test_padded_frames_are_blank_with_probability_one_and_others_stay():
    logits = 5 * numbers(2, 7, 3)
    mask = np.arange(7) < np.array([[7], [4]])
    padded = keras.ops.convert_to_numpy(BlankPadding()(logits, mask=mask))
    np.testing.assert_array_equal(padded[mask], logits[mask])
    probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(padded))[~mask]
    np.testing.assert_array_equal(probabilities, np.tile([1.0, 0.0, 0.0], (3, 1)))


def test_without_a_mask_nothing_changes():
    logits = numbers(2, 7, 3)
    np.testing.assert_array_equal(BlankPadding()(logits), logits)
