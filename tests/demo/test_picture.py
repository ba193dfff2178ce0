"""The picture: panels on one time axis, in units, with every class told apart."""

import numpy as np
import pytest
from PIL import Image

from satn_keras.demo.listening import Heard
from satn_keras.demo.picture import COLOURS, DASHES, draw_picture
from satn_keras.demo.words import Word
from tests.support.pictures import is_picture, texts
from tests.support.sounds import tone

SECONDS = 1.5
WORDS = [Word("so", 0.0, 0.3), Word("what", 0.3, 1.5)]


@pytest.fixture
def heard():
    """A tone of 1 kHz; four fifths of the attention in its first fifth."""
    attention = np.full(150, 0.2 / 120)
    attention[:30] = 0.8 / 30
    return Heard(
        waveform=tone(1000, SECONDS),
        sample_rate=16000,
        probabilities={"angry": 0.1, "happy": 0.7, "sad": 0.2},
        steps=np.array([0.5, 1.0, 1.5]),
        course=np.array([[0.6, 0.3, 0.1], [0.3, 0.5, 0.2], [0.1, 0.7, 0.2]]),
        frames=(np.arange(150) + 0.5) / 100,
        attention=attention,
    )


def panel(figure, start):
    """The panel whose title or right-hand label starts so."""
    return next(
        axes
        for axes in figure.axes
        if axes.get_title(loc="left").startswith(start)
        or axes.get_ylabel().startswith(start)
    )


def test_all_panels_share_one_axis_of_seconds(heard, tmp_path, drawn):
    assert is_picture(draw_picture(heard, tmp_path / "picture.png", WORDS))
    assert {axes.get_xlim() for axes in drawn[0].axes} == {(0, SECONDS)}
    assert drawn[0].axes[2].get_xlabel() == "time (s)"


def test_the_posterior_of_each_class_runs_over_the_spectrogram(heard, tmp_path, drawn):
    draw_picture(heard, tmp_path / "picture.png")
    spectrogram, course = panel(drawn[0], "Spectrogram"), panel(drawn[0], "posterior")
    assert course.get_position().bounds == spectrogram.get_position().bounds
    lines = {line.get_label(): line for line in course.lines}
    assert list(lines) == ["happy", "sad", "angry"]  # the likeliest first
    assert lines["angry"].get_ydata().tolist() == [0.6, 0.3, 0.1]
    assert lines["sad"].get_xdata().tolist() == [0.5, 1.0, 1.5]
    assert course.get_ylim() == (0, 1)
    widths = [line.get_linewidth() for line in lines.values()]
    assert widths[0] > max(widths[1:])
    shown = [text.get_text() for text in spectrogram.get_legend().texts]
    assert shown == ["happy", "sad", "angry"]


def test_a_tone_of_1_khz_is_darkest_at_the_axis_s_1_khz(heard, tmp_path, drawn):
    draw_picture(heard, tmp_path / "picture.png")
    spectrogram = panel(drawn[0], "Spectrogram")
    ticks = zip(spectrogram.get_yticks(), spectrogram.get_yticklabels(), strict=True)
    place = next(tick for tick, label in ticks if label.get_text() == "1")
    row = spectrogram.images[0].get_array().mean(axis=1).argmax()
    assert row + 0.5 == pytest.approx(place, abs=1)


def test_words_show_their_share_and_stand_where_they_are(heard, tmp_path, drawn):
    draw_picture(heard, tmp_path / "picture.png", WORDS, approximate=True)
    band = panel(drawn[0], "Words (approximate)")
    assert texts(band) == ["so\n80%", "what\n20%"]
    assert [text.get_position()[0] for text in band.texts] == [0.15, 0.9]
    first, second = (patch.get_alpha() for patch in band.patches)
    assert first > second  # the more attention, the darker


def test_an_alignment_is_not_called_approximate(heard, tmp_path, drawn):
    draw_picture(heard, tmp_path / "picture.png", WORDS)
    assert panel(drawn[0], "Words (aligned)")


def test_attention_is_drawn_against_the_same_for_every_frame(heard, tmp_path, drawn):
    draw_picture(heard, tmp_path / "picture.png")
    curve = panel(drawn[0], "Attention").lines[0].get_ydata()
    assert curve[0] == pytest.approx(4)  # 0.8 in a fifth of the frames
    assert curve[-1] == pytest.approx(0.25)


def test_a_narrow_picture_is_for_a_phone(heard, tmp_path):
    sizes = {}
    for narrow in (False, True):
        draw_picture(heard, tmp_path / "picture.png", WORDS, narrow=narrow)
        with Image.open(tmp_path / "picture.png") as picture:
            sizes[narrow] = picture.width
    assert sizes[True] < 0.6 * sizes[False]


def test_a_sound_with_one_beginning_and_many_words_can_be_drawn(heard, tmp_path):
    short = Heard(
        **{
            **vars(heard),
            "steps": np.array([1.5]),
            "course": heard.course[-1:],
            "attention": np.zeros(150),
        }
    )
    words = [Word(f"w{k}", k * SECONDS / 89, (k + 1) * SECONDS / 89) for k in range(89)]
    path = draw_picture(short, tmp_path / "picture.png", words, narrow=True)
    assert is_picture(path)


def test_classes_differ_in_colour_and_in_dashes():
    assert len(set(COLOURS)) == len(set(map(str, DASHES))) == len(COLOURS)
