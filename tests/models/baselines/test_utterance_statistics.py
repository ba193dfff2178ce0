"""Statistics of an utterance are those that paper and pencil give."""

import numpy as np
import pytest

from satn_keras.models import utterance_statistics


def test_each_statistic_of_each_class_is_that_of_paper_and_pencil():
    posteriors = np.array(
        [
            [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.4, 0.1, 0.5], [0.2, 0.3, 0.5]],
            [[0.3, 0.3, 0.4], [0.5, 0.0, 0.5], [9.0, 9.0, 9.0], [-9.0, -9.0, -9.0]],
        ]
    )
    mask = [[True] * 4, [True, True, False, False]]
    expected = [
        [0.7, 0.6, 0.5, 0.1, 0.1, 0.1, 0.35, 0.3, 0.35, 0.5, 0.5, 0.75],
        [0.5, 0.3, 0.5, 0.3, 0.0, 0.4, 0.4, 0.15, 0.45, 1.0, 0.5, 1.0],
    ]
    np.testing.assert_allclose(utterance_statistics(posteriors, mask), expected)


def test_the_share_counts_what_lies_above_the_threshold_not_on_it():
    posteriors = [[[0.25, 0.75], [0.5, 0.5], [0.75, 0.25]]]
    statistics = utterance_statistics(posteriors, [[True] * 3], threshold=0.5)
    np.testing.assert_allclose(statistics[0, -2:], [1 / 3, 1 / 3])


def test_a_mask_need_not_be_on_the_right():
    posteriors = np.random.default_rng(1).random((1, 5, 3))
    mask = np.array([[False, True, False, True, True]])
    alone = utterance_statistics(posteriors[:, mask[0]], np.ones((1, 3), bool))
    np.testing.assert_allclose(utterance_statistics(posteriors, mask), alone)


def test_an_utterance_without_a_segment_is_refused_by_its_place():
    mask = [[True, True], [False, False]]
    with pytest.raises(ValueError, match="Utterance 1 of the batch has none"):
        utterance_statistics(np.zeros((2, 2, 3)), mask)
