"""Words on the time axis: in proportion, by alignment, and what each receives."""

import numpy as np
import pytest

from satn_keras.demo.words import Word, find_words, is_alignment, shares, speech_stretch
from satn_keras.errors import ConfigError
from tests.support.sounds import tone

RATE = 16000


def spoken(before=0.5, seconds=1.2, after=0.3):
    """A tone between two silences that are not quite silent."""
    hiss = np.random.default_rng(1).normal(scale=1e-4, size=RATE * 3)
    start, length = round(before * RATE), round(seconds * RATE)
    sound = hiss[: start + length + round(after * RATE)].astype("float32")
    sound[start : start + length] += tone(440, seconds)
    return sound


def test_the_stretch_of_speech_is_where_the_sound_is_loud():
    start, end = speech_stretch(spoken(0.5, 1.2, 0.3), RATE)
    assert start == pytest.approx(0.5, abs=0.02)
    assert end == pytest.approx(1.7, abs=0.02)


def test_speech_to_the_last_sample_ends_with_the_sound():
    sound = tone(440, 0.333)
    assert speech_stretch(sound, RATE) == (0, len(sound) / RATE)


def test_plain_words_share_the_stretch_by_their_letters():
    words = find_words(" so,\n what? now ", spoken(0.5, 1.8), RATE)
    assert [word.text for word in words] == ["so,", "what?", "now"]
    lengths = [word.end - word.start for word in words]
    np.testing.assert_allclose(lengths, np.array([2, 4, 3]) * 1.8 / 9, atol=0.01)
    assert words[0].start == pytest.approx(0.5, abs=0.02)
    assert [words[1].start, words[2].start] == [words[0].end, words[1].end]


def test_a_sign_without_letters_has_a_place_too():
    (dash,) = find_words("-", spoken(), RATE)
    assert dash.end > dash.start


def test_no_text_gives_no_words():
    assert find_words("  \n", spoken(), RATE) == []


def test_an_alignment_says_where_words_are():
    words = find_words("0.10\t0.25\tNie\n0.25 1.5  mogę tak \n", spoken(), RATE)
    assert words == [Word("Nie", 0.1, 0.25), Word("mogę tak", 0.25, 1.5)]


@pytest.mark.parametrize("text", ["3 4 apples", "0.1 0.2 a\nword", "", "1.5 2.5"])
def test_other_texts_are_no_alignment(text):
    assert not is_alignment(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("0.5 0.2 a", "line 1.*Received: 0.5 to 0.2 s"),
        ("0.1 0.5 a\n0.4 0.6 b", "line 2.*Received: 0.4 to 0.6 s after 0.5 s"),
        ("0.1 2.5 a", r"line 1.*within the 2\.00 s of sound"),
    ],
)
def test_an_alignment_that_cannot_be_is_named_by_its_line(text, line):
    with pytest.raises(ConfigError, match=line):
        find_words(text, spoken(0.5, 1.2, 0.3), RATE)


def test_more_words_than_a_picture_can_show_are_refused():
    with pytest.raises(ConfigError, match="211 words are too many.*at most 200"):
        find_words("a " * 211, spoken(), RATE)


def test_a_word_receives_what_its_frames_receive():
    weights = np.array([1.0, 3.0, 2.0, 2.0])
    times = np.array([0.1, 0.3, 0.5, 0.7])
    words = [Word("a", 0.0, 0.3), Word("b", 0.3, 0.6)]
    assert shares(words, weights, times) == [1 / 8, 5 / 8]


def test_attention_that_is_nowhere_gives_shares_of_nothing():
    assert shares([Word("a", 0, 1)], np.zeros(5), np.linspace(0, 1, 5)) == [0.0]
