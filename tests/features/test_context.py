"""What a frame of features hears, and nothing else."""

import keras
import numpy as np
import pytest

from satn_keras.config import FeatureConfig
from satn_keras.features import FrontEnd
from satn_keras.features.context import Context
from tests.support.sounds import vowel

FRONT_ENDS = {
    "log_mel": {"derivatives": 0},
    "derivatives": {"derivatives": 2, "delta_reach": 3},
    "prosody": {"streams": ["prosody"], "derivatives": 0},
    "both": {"streams": ["log_mel", "prosody"], "derivatives": 1},
    "short hops": {"streams": ["prosody"], "derivatives": 0, "hop_seconds": 0.004},
}


def features(front_end, waveform):
    values, _ = front_end.extract(waveform[None])
    return keras.ops.convert_to_numpy(values)[0]


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_a_frame_stays_the_same_whatever_lies_beyond_its_context(name):
    front_end = FrontEnd(FeatureConfig(**FRONT_ENDS[name]))
    hop, context = front_end.config.hop_length, front_end.context
    frame = context.before + 5
    start, end = (frame - context.before) * hop, frame * hop
    end += context.after * hop + context.samples
    waveform = np.concatenate([vowel(0.15, pitch=95), vowel(0.9, pitch=180, seed=2)])
    assert end < len(waveform) - 3 * hop
    noise = np.random.default_rng(5).normal(scale=0.3, size=len(waveform))
    other = np.where(np.arange(len(waveform)) < start, noise, waveform)
    other = np.where(np.arange(len(waveform)) >= end, noise, other)
    before, after = (
        features(front_end, x.astype("float32")) for x in (waveform, other)
    )
    np.testing.assert_allclose(after[frame], before[frame], rtol=1e-5, atol=1e-5)
    assert np.abs(after[0] - before[0]).max() > 0.01
    assert np.abs(after[-1] - before[-1]).max() > 0.01


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("log_mel", (1, 0, 400)),  # pre-emphasis; a window of 25 ms
        ("derivatives", (7, 6, 400)),  # three frames to each side, twice
        # A path of twelve frames and a mean of three; 60 ms windows that begin 20 ms,
        # or two frames, before the frame.
        ("prosody", (15, 13, 640)),
        ("both", (17, 15, 640)),
        ("short hops", (18, 13, 640)),
    ],
)
def test_the_context_of_each_stream(name, expected):
    assert FrontEnd(FeatureConfig(**FRONT_ENDS[name])).context == Context(*expected)
