"""The last seconds of a stream, heard each hop."""

import numpy as np
import pytest

from satn_keras.export.prediction import Prediction
from satn_keras.export.streaming.window_stream import WindowStream

RATE = 10


class Recognizer:
    """Says how long a window is, and what it begins with, in hundredths."""

    classes = ("length", "first")
    sample_rate = RATE

    def __init__(self):
        self.rows = []

    def predict(self, windows):
        self.rows.append(len(windows))
        pairs = [(len(w), float(w[0]) if len(w) else -1.0) for w in windows]
        return [Prediction("", 0.0, {"length": n, "first": x}) for n, x in pairs]


def answers(sizes, total=35, hop=5, window=12):
    """Every answer to the samples 0, 1, 2, … in pieces of these sizes."""
    stream = WindowStream(Recognizer(), hop, window)
    samples, at, found = np.arange(total, dtype="float32"), 0, []
    for size in sizes:
        found.append(stream.push(samples[at : at + size]))
        at += size
    return [*found, stream.finish()]


@pytest.mark.parametrize(
    "sizes", [[1] * 33, [33], [7, 0, 11, 2, 13], [5] * 6 + [3], [32, 1]], ids=str
)
def test_windows_end_at_whole_hops_however_the_samples_come(sizes):
    found = [each for each in answers(sizes) if each is not None]
    times = np.concatenate([each.times for each in found])
    course = np.concatenate([each.course for each in found])
    # Ends 5, 10, … of a hop of 5, and the last 12 samples before each: the window that
    # ends at 15 begins with sample 3. The end of the audio is a window of its own.
    np.testing.assert_allclose(times, [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.3])
    lengths, firsts = [5, 10, 12, 12, 12, 12, 12], [0, 0, 3, 8, 13, 18, 21]
    np.testing.assert_array_equal(course, np.stack([lengths, firsts], axis=1))


def test_nothing_is_said_before_the_first_hop_and_the_last_window_until_the_next():
    first, second, third, fourth, end = answers([4, 1, 4, 1])
    assert first is None
    assert second.probabilities == third.probabilities == {"length": 5, "first": 0}
    assert fourth.probabilities == {"length": 10, "first": 0}
    assert third.seconds == 0.9 and third.course.shape == (0, 2)
    # The audio ended with a hop: no window is heard twice.
    assert end.course.shape == (0, 2) and end.probabilities["length"] == 10


def test_an_empty_stream_is_heard_as_an_empty_recording():
    (end,) = answers([])
    assert end.probabilities == {"length": 0, "first": -1} and end.seconds == 0


def test_many_windows_at_once_are_heard_some_at_a_time():
    recognizer = Recognizer()
    stream = WindowStream(recognizer, 1, 3)
    stream.push(np.zeros(19))
    assert recognizer.rows == [8, 8, 3]


def test_a_stream_begun_anew_remembers_nothing():
    stream = WindowStream(Recognizer(), 5, 12)
    stream.push(np.ones(9))
    stream.reset()
    assert stream.push(np.ones(4)) is None
    assert stream.finish().probabilities == {"length": 4, "first": 1}
