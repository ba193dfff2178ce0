"""An exported model on live audio, frame by frame or window by window."""

import numpy as np
import pytest

from satn_keras.errors import ArtifactError, AudioError
from satn_keras.export import Recognizer, StreamingRecognizer
from tests.support.streams import CLASSES, heard, posterior, speech


@pytest.fixture(scope="module")
def by_frames(live):
    return StreamingRecognizer(live[2])


@pytest.fixture(scope="module")
def by_windows(exported):
    return StreamingRecognizer(exported, hop_seconds=0.25, window_seconds=0.6)


@pytest.mark.parametrize("sizes", [[10**5], [997] * 28, [1, 1600, 3, 26076]], ids=str)
def test_a_causal_model_ends_with_what_the_recognizer_says(live, by_frames, sizes):
    waveform = speech()
    (expected,) = Recognizer(live[2]).predict([waveform])
    by_frames.reset()
    last = heard(by_frames, waveform, sizes)[-1]
    assert by_frames.exact and last.label == expected.label
    np.testing.assert_allclose(posterior(last), posterior(expected), rtol=0, atol=1e-4)


def test_another_model_says_of_each_window_what_the_recognizer_says(
    exported, by_windows
):
    waveform = speech()  # 1.73 s
    assert not by_windows.exact and by_windows.delay_seconds == 0.25
    answers = heard(by_windows, waveform, [5003, 1, 17000, 6000])
    times = np.concatenate([x.times for x in answers if x is not None])
    course = np.concatenate([x.course for x in answers if x is not None])
    np.testing.assert_allclose(times, [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.73])
    ends = [round(16000 * time) for time in times]
    windows = [waveform[max(end - 9600, 0) : end] for end in ends]
    expected = [posterior(each) for each in Recognizer(exported).predict(windows)]
    np.testing.assert_allclose(course, expected, rtol=0, atol=1e-5)


def test_a_causal_model_hears_windows_where_they_are_asked_for(live):
    stream = StreamingRecognizer(live[2], hop_seconds=0.5, window_seconds=0.4)
    assert not stream.exact
    waveform = speech(1.0)
    last = heard(stream, waveform, [16000])[-1]
    (expected,) = Recognizer(live[2]).predict([waveform[-6400:]])
    np.testing.assert_allclose(posterior(last), posterior(expected), rtol=0, atol=1e-5)


def test_it_knows_classes_rate_and_delay(by_frames):
    assert by_frames.classes == CLASSES
    assert by_frames.sample_rate == 16000
    assert by_frames.delay_seconds == pytest.approx(0.065)  # 25 ms and four frames


@pytest.mark.parametrize(
    ("samples", "rule"),
    [
        (np.zeros((2, 9)), r"samples: must be one-dimensional float.*\(2, 9\)"),
        (np.zeros(9, "int16"), "samples: .*divide 16-bit samples by 32768"),
        (np.array([0.0, np.nan]), "samples: every sample must be a finite number"),
    ],
)
def test_samples_that_break_a_rule_are_refused_and_change_nothing(
    by_frames, samples, rule
):
    by_frames.reset()
    before = by_frames.push(speech()[:4000])
    with pytest.raises(AudioError, match=rule):
        by_frames.push(samples)
    assert by_frames.push(np.zeros(0)).to_dict() == before.to_dict()


def test_after_the_end_a_stream_must_be_begun_anew(by_frames):
    by_frames.reset()
    by_frames.finish()
    for call in (by_frames.finish, lambda: by_frames.push(np.zeros(1))):
        with pytest.raises(AudioError, match="has ended. Call `reset`"):
            call()
    by_frames.reset()
    assert by_frames.push(np.zeros(1)) is None


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(ArtifactError, match="no exported model here"):
        StreamingRecognizer(tmp_path)


@pytest.mark.parametrize("seconds", [0, -1.0, 1e-5, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["hop_seconds", "window_seconds"])
def test_a_window_and_a_hop_hold_a_sample(exported, name, seconds):
    with pytest.raises(ValueError, match=f"`{name}` must be at least one sample"):
        StreamingRecognizer(exported, **{name: seconds})
