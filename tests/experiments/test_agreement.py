"""What voices agree on, by a two-way analysis of variance on paper."""

import numpy as np
import pytest

from satn_keras.experiments.agreement import agreement


def vectors(cells):
    """One vector a cell of (voices, classes, values); nan where nobody was heard."""
    cells = np.asarray(cells, "float64")
    voices, classes = np.nonzero(~np.isnan(cells[..., 0]))
    return cells[voices, classes], classes, voices


def test_variance_between_classes_over_that_of_the_interaction():
    # Two voices (rows), three classes. Less each voice's mean: -4, 0, 4 and -2, 0, 2;
    # effects -3, 0, 3 with a mean square of 6; left are +-1 four times and 0 twice.
    table = [[[1.0], [5.0], [9.0]], [[-2.0], [0.0], [2.0]]]
    assert agreement(*vectors(table)) == pytest.approx([6 / (4 / 6)], rel=1e-5)


def test_neither_a_voice_nor_the_frequency_of_a_class_counts():
    table = np.array([[[1.0], [5.0], [9.0]], [[-2.0], [0.0], [2.0]]])
    expected = agreement(*vectors(table))
    table[1] += 100  # a voice that is higher in all classes
    values, classes, voices = vectors(table)
    often = [0, 0, 0, 1, 2, 3, 4, 5]  # a class heard three times
    found = agreement(values[often], classes[often], voices[often])
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_a_voice_may_lack_a_class():
    # Less each voice's mean over the classes that it has: -1, 1, 0 and -2, 2. The
    # effects are -1.5, 1.5 and 0 (mean square 1.5), and 0.5 is left in four of five.
    table = [[[4.0], [6.0], [5.0]], [[-2.0], [2.0], [np.nan]]]
    assert agreement(*vectors(table)) == pytest.approx([1.5 / 0.2], rel=1e-5)


def test_a_single_voice_agrees_with_itself_on_everything():
    values = np.random.default_rng(1).normal(size=(5, 3))
    found = agreement(values, [0, 1, 0, 1, 1], [2] * 5)
    np.testing.assert_array_equal(found, np.ones(3))
