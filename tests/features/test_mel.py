import numpy as np
import pytest
import tensorflow as tf
from python_speech_features import base, sigproc

from satn_keras.features import frame_count, mel_filterbank


@pytest.mark.parametrize(
    ("sample_rate", "fft_length", "num_mels", "low", "high"),
    [
        (16000, 512, 40, 0, None),
        (16000, 512, 23, 64, 7600),
        (8000, 256, 26, 0, 4000),
        (44100, 2048, 80, 20, None),
        (16000, 512, 128, 0, None),  # so narrow that some filters are empty
    ],
)
def test_filters_equal_those_of_python_speech_features(
    sample_rate, fft_length, num_mels, low, high
):
    expected = base.get_filterbanks(num_mels, fft_length, sample_rate, low, high)
    filters = mel_filterbank(sample_rate, fft_length, num_mels, low, high)
    np.testing.assert_array_equal(filters, expected)


@pytest.mark.parametrize(
    "arguments",
    [
        {"low_frequency": 4000, "high_frequency": 4000},
        {"high_frequency": 8001},
        {"low_frequency": -1},
    ],
)
def test_filters_outside_the_spectrum_are_refused(arguments):
    with pytest.raises(ValueError, match="low_frequency=.*sample_rate=16000"):
        mel_filterbank(sample_rate=16000, **arguments)


def test_a_filterbank_without_filters_is_refused():
    with pytest.raises(ValueError, match="`num_mels` must be at least 1"):
        mel_filterbank(num_mels=0)


@pytest.mark.parametrize(("window", "hop"), [(400, 160), (551, 221), (160, 160)])
def test_frames_are_as_many_as_python_speech_features_cuts(window, hop):
    sizes = [0, 1, window - 1, window, window + 1, window + hop, window + hop + 1, 9973]
    expected = [len(sigproc.framesig(np.zeros(n), window, hop)) for n in sizes]
    assert [frame_count(n, window, hop) for n in sizes] == expected
    np.testing.assert_array_equal(frame_count(np.array(sizes), window, hop), expected)
    np.testing.assert_array_equal(
        frame_count(tf.constant(sizes), window, hop), expected
    )
