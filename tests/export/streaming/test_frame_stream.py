"""Samples of any count, cut into steps."""

import numpy as np
import pytest

from satn_keras.export.streaming.frame_stream import FrameStream
from tests.support.streams import causal_student, frame_stream, posterior, speech


@pytest.fixture(scope="module")
def stream():
    return frame_stream(*causal_student({"derivatives": 0}, attention_reach=13))


@pytest.fixture(autouse=True)
def begun_anew(stream):
    stream.reset()


def test_one_sample_at_a_time_is_heard_as_all_at_once(stream):
    waveform = speech()[4000:5200]
    singly = [stream.push(waveform[at : at + 1]) for at in range(len(waveform))]
    # A frame of 400 samples each 160: the first answer at 400, and six frames in all.
    assert [answer is None for answer in singly] == [True] * 399 + [False] * 801
    assert sum(len(x.course) for x in singly if x is not None) == 6
    stream.reset()
    together = stream.push(waveform)
    assert len(together.course) == 6
    np.testing.assert_allclose(
        posterior(singly[-1]), posterior(together), rtol=0, atol=1e-6
    )


def test_a_stream_begun_anew_remembers_nothing(stream):
    waveform = speech()[:3000]
    first = stream.push(waveform), stream.finish()
    stream.reset()
    second = stream.push(waveform), stream.finish()
    for one, other in zip(first, second, strict=True):
        assert one.to_dict() == other.to_dict()


def test_pieces_of_nothing_change_nothing(stream):
    assert stream.push(np.zeros(0)) is None
    before = stream.push(speech()[:2000])
    after = stream.push(np.zeros(0))
    assert after.to_dict() == before.to_dict()
    assert after.course.shape == (0, 3) and after.times.shape == (0,)


def test_seconds_are_those_pushed_and_the_label_is_the_likeliest(stream):
    answer = stream.push(speech()[:4000])
    assert answer.seconds == 0.25
    assert answer.score == max(answer.probabilities.values())
    assert answer.probabilities[answer.label] == answer.score
    assert list(answer.to_dict()) == ["seconds", "label", "score", "probabilities"]


def test_the_delay_is_a_window(stream):
    assert stream.delay_seconds == 0.025


class Counted:
    """Step that gives a frame for each 100 samples, and counts its calls."""

    def __init__(self):
        self.lengths = []

    def __call__(self, waveform, lengths, end, state_samples):
        self.lengths.append(int(lengths[0]))
        samples = int(state_samples[0]) + self.lengths[-1]
        new = samples // 100 - int(state_samples[0]) // 100
        return {
            "probabilities": np.asarray([[1.0, 0.0]]),
            "course": np.zeros((1, 9, 2)),
            "new_frames": np.asarray([new]),
            "state_samples": np.asarray([samples]),
        }


def test_a_step_is_taken_for_a_whole_block_or_a_new_frame_and_not_for_less():
    step = Counted()
    facts = {"hop_samples": [100], "delay_samples": [100], "state_samples": [0]}
    stream = FrameStream(lambda streams: facts, step, 250, ("a", "b"), 1000)
    for size in (99, 1, 50, 49, 700, 30):
        stream.push(np.zeros(size))
    # 99 wait for one more, 199 and 899 for a hundred whole ones.
    assert step.lengths == [100, 250, 250, 250, 79]
