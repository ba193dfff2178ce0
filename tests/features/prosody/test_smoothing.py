import numpy as np
from keras import ops

from satn_keras.features.prosody.smoothing import smooth


def smoothed(values, presence, own=None):
    own = ops.ones((1, len(values)), "bool") if own is None else ops.array([own])
    column = ops.array(values, "float32")[None, :, None]
    weight = ops.array(presence, "float32")[None, :, None]
    return ops.convert_to_numpy(smooth(column, own, weight))[0, :, 0]


def test_a_value_there_in_part_counts_in_part():
    # (1 x 2 + 0.5 x 4) / 1.5, and of the second frame a half of that.
    np.testing.assert_allclose(smoothed([2, 4], [1, 0.5]), [8 / 3, 4 / 3])


def test_what_is_not_there_may_be_no_number():
    np.testing.assert_allclose(smoothed([2, np.nan, 4], [1, 0, 1]), [2, 0, 4])


def test_frames_that_are_not_the_utterance_s_own_count_nowhere():
    heard = smoothed([2, 4, 90], [1, 1, 1], own=[True, True, False])
    np.testing.assert_allclose(heard, [3, 3, 0])
