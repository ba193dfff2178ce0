import keras
import numpy as np
from keras import ops

from satn_keras.features.prosody.peaks import find_peaks


def test_of_two_equal_neighbours_the_first_is_the_peak():
    peak, offset, height = (
        ops.convert_to_numpy(part) for part in find_peaks(ops.array([0.0, 3, 3, 0]))
    )
    assert peak.tolist() == [True, False]
    # The parabola through (-1, 0), (0, 3), (1, 3): 3 + 1.5 t - 1.5 t^2.
    assert offset[0] == 0.5
    assert height[0] == 3.375


def test_silence_has_no_peak():
    peak, _, _ = find_peaks(keras.ops.zeros((1, 9)))
    assert not np.any(ops.convert_to_numpy(peak))
