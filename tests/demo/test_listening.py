"""From a file to what is shown: checks at the door, posterior, course, attention."""

import numpy as np
import pytest
import soundfile

from satn_keras.demo.listening import beginnings, hear, read_speech
from satn_keras.errors import AudioError
from tests.support.sounds import tone, vowel

RATE = 16000


class Foretelling:
    """A recogniser whose model gives the course itself."""

    classes = ("angry", "happy")
    sample_rate = RATE

    def attend(self, waveform):
        return {
            "probabilities": np.array([0.25, 0.75]),
            "map": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
            "posterior_over_time": np.array([[0.5, 0.5], [0.4, 0.6], [0.25, 0.75]]),
            "frame_times": np.array([0.1, 0.2, 0.3]),
        }


def probabilities(prediction):
    return list(prediction.probabilities.values())


def test_the_course_is_that_of_the_model_s_own_signature(recognizer):
    heard = hear(recognizer, vowel(0.53))
    np.testing.assert_array_equal(heard.steps, heard.frames)
    whole = list(heard.probabilities.values())
    np.testing.assert_allclose(heard.course[-1], whole, atol=1e-5)


def test_a_course_that_ends_elsewhere_than_the_posterior_is_not_shown(
    recognizer, monkeypatch
):
    waveform = vowel(0.53)
    answer = recognizer.attend(waveform)
    answer["posterior_over_time"] = answer["posterior_over_time"][:, ::-1]
    monkeypatch.setattr(recognizer, "attend", lambda _: answer)
    heard = hear(recognizer, waveform)
    whole = list(heard.probabilities.values())
    assert len(heard.steps) == 5
    np.testing.assert_allclose(heard.course[-1], whole, atol=1e-5)


def test_without_one_it_is_what_the_model_says_of_each_beginning(
    recognizer, monkeypatch
):
    waveform = vowel(0.53)
    answer = recognizer.attend(waveform)
    del answer["posterior_over_time"]
    monkeypatch.setattr(recognizer, "attend", lambda _: answer)
    heard = hear(recognizer, waveform)
    np.testing.assert_allclose(heard.steps, [0.1, 0.2, 0.3, 0.4, 0.53])
    for seconds, posterior in zip(heard.steps, heard.course, strict=True):
        alone = recognizer.predict([waveform[: round(seconds * RATE)]])[0]
        np.testing.assert_allclose(posterior, probabilities(alone), atol=1e-5)


def test_the_posterior_is_that_of_the_whole_sound(recognizer):
    heard = hear(recognizer, vowel(0.4))
    (alone,) = recognizer.predict([vowel(0.4)])
    assert tuple(heard.probabilities) == recognizer.classes
    np.testing.assert_allclose(
        list(heard.probabilities.values()), probabilities(alone), atol=1e-5
    )
    assert heard.label == alone.label
    assert heard.seconds == 0.4


def test_the_attention_is_shared_out_over_the_frames_of_the_sound(recognizer):
    heard = hear(recognizer, vowel(0.7))
    assert heard.attention.shape == heard.frames.shape == (69,)  # 1 + (700 - 25) / 10
    assert heard.attention.sum() == pytest.approx(1, abs=1e-4)
    assert 0 < heard.frames[0] < heard.frames[-1] < 0.7


def test_a_model_that_gives_its_own_course_is_believed():
    heard = hear(Foretelling(), vowel(0.3))
    assert heard.course.tolist() == [[0.5, 0.5], [0.4, 0.6], [0.25, 0.75]]
    assert heard.steps.tolist() == heard.frames.tolist() == [0.1, 0.2, 0.3]
    assert heard.attention.tolist() == [0.5, 0, 0.5]


@pytest.mark.parametrize(
    ("samples", "ends"),
    [(1600, [1600]), (2399, [2399]), (3200, [1600, 3200]), (3300, [1600, 3300])],
)
def test_no_two_beginnings_are_closer_than_half_a_step(samples, ends):
    assert beginnings(samples, RATE).tolist() == ends


def test_a_long_sound_has_thirty_beginnings_at_most():
    ends = beginnings(60 * RATE, RATE)
    assert len(ends) == 30
    assert ends[0] == 2 * RATE and ends[-1] == 60 * RATE


def test_a_sound_of_any_rate_and_channels_is_read_at_the_model_s(tmp_path):
    path = tmp_path / "stereo.flac"
    sound = tone(440, 0.5, 48000)
    soundfile.write(path, np.stack([sound, sound], axis=1), 48000)
    waveform = read_speech(path, RATE, longest=0.5)
    assert waveform.shape == (8000,)
    inner = slice(800, -800)
    np.testing.assert_allclose(waveform[inner], tone(440, 0.5)[inner], atol=1e-3)


def write_text(path):
    path.write_text("no sound")


def write_nothing(path):
    path.write_bytes(b"")


def write(sound):
    return lambda path: soundfile.write(path, sound, RATE)


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (write_text, "must be WAV, FLAC, OGG or MP3"),
        (write_nothing, "must be WAV, FLAC, OGG or MP3"),
        (write(np.zeros(0)), "0.000 s is no speech; it must last at least 0.1 s"),
        (write(tone(440, 0.09)), "0.090 s is no speech"),
        (write(tone(440, 2.01)), "longer than the 2 s that this page takes"),
        (write(np.zeros(RATE)), "silent. Check that the microphone is on"),
        (lambda path: None, "no longer there. Record or drop it again"),
    ],
)
def test_a_sound_of_no_use_is_named_without_its_folder(tmp_path, make, line):
    path = tmp_path / "given.wav"
    make(path)
    with pytest.raises(AudioError) as caught:
        read_speech(path, RATE, longest=2)
    message = str(caught.value)
    assert message.startswith("given.wav: ") and line in message
    assert str(tmp_path) not in message and "\n" not in message


@pytest.mark.parametrize("promise", [bytes(5), b"\x0f\xff\xff\xff\xff"])
def test_a_header_that_promises_no_end_is_one_line_too(tmp_path, promise):
    path = tmp_path / "given.flac"
    soundfile.write(path, vowel(1.0), RATE)
    data = bytearray(path.read_bytes())
    # FLAC's count of samples, the last 36 bits of bytes 18 to 25; 0 is "unknown".
    data[21] = (data[21] & 0xF0) | promise[0]
    data[22:26] = promise[1:]
    path.write_bytes(data)
    with pytest.raises(AudioError, match="given.flac: a sound file must be"):
        read_speech(path, RATE, longest=2)
