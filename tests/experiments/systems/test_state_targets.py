"""Aligned states become targets that count for true frames alone."""

import numpy as np

from satn_keras.experiments.systems.state_targets import StateTargets

PATHS = [np.array([0, 0, 1]), np.array([0, 1]), np.array([1])]
LABELS = np.array([0, 2, 1])


def test_states_are_counted_over_all_classes():
    targets = StateTargets.of_classes(PATHS, LABELS, num_states=2)
    assert [each.tolist() for each in targets.states] == [[0, 0, 1], [4, 5], [3]]
    np.testing.assert_array_equal(targets.counts(6), [2, 1, 0, 1, 1, 1])


def test_a_class_s_weight_is_that_of_its_frames():
    targets = StateTargets.of_classes(PATHS, LABELS, 2, np.array([0.5, 2.0, 3.0]))
    np.testing.assert_array_equal(targets.counts(6), [1, 0.5, 0, 2, 3, 3])
    *_, weights = targets.for_batches()(np.array([1, 2]), [2, 1], 2)
    np.testing.assert_array_equal(weights, [[3, 3], [2, 0]])


def test_a_batch_has_the_states_of_its_rows_and_no_weight_on_padding():
    targets = StateTargets.of_classes(PATHS, LABELS, num_states=2).for_batches()
    extra, states, weights = targets(np.array([2, 0]), [1, 3], 3)
    assert extra == {}
    np.testing.assert_array_equal(states, [[3, 0, 0], [0, 0, 1]])
    np.testing.assert_array_equal(weights, [[1, 0, 0], [1, 1, 1]])
