"""Small helpers of the emotion training."""

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from satn_keras.experiments.emotion_batches import balanced_weights


def test_balanced_weights_are_scikit_learn_s():
    labels = np.array([0] * 7 + [1] * 2 + [2] * 5)
    expected = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    np.testing.assert_allclose(balanced_weights(labels, 3), expected)


def test_a_class_without_an_utterance_divides_by_nothing():
    assert np.isfinite(balanced_weights(np.array([0, 0]), 2)).all()
