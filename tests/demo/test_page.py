"""What the page answers to each sound, and what it is made of."""

import asyncio
import re
import sys

import numpy as np
import pytest
import soundfile

from satn_keras.demo.examples import EXAMPLES
from satn_keras.demo.page import WELCOME, Listener, build_page, look, say
from tests.support.sounds import vowel


@pytest.fixture
def sound(tmp_path):
    """Path of a vowel of 0.6 s."""
    soundfile.write(tmp_path / "vowel.wav", vowel(0.6), 16000)
    return str(tmp_path / "vowel.wav")


@pytest.fixture(scope="module")
def listener(recognizer):
    return Listener(recognizer, longest=2)


def test_a_sound_is_answered_by_its_emotion_the_bars_and_the_picture(
    listener, recognizer, sound
):
    said, bars, picture = listener(sound, "two words", 1280)
    (expected,) = recognizer.predict_files([sound])
    assert f"{expected.label}, {expected.score:.0%} (0.6 s heard)" in said
    assert bars["visible"] and picture["visible"]
    assert bars["value"] == pytest.approx(expected.probabilities, abs=1e-5)
    assert len(picture["value"].getcolors(maxcolors=1 << 20)) > 10
    assert f"ends at {expected.label}" in picture["alt_text"]


def test_a_phone_gets_a_narrow_picture(listener, sound):
    widths = [listener(sound, "", width)[2]["value"].width for width in (390, 1280)]
    assert widths[0] < 0.6 * widths[1]


def test_a_window_of_unknown_width_is_a_wide_one(listener, sound):
    assert listener(sound, None, None)[2]["value"].width > 1000


def test_no_sound_is_asked_for(listener):
    said, bars, picture = listener(None, "words", 1280)
    assert WELCOME in said
    assert not bars["visible"] and not picture["visible"]


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("notes.wav", b"no sound", "notes.wav: a sound file must be WAV"),
        ("nothing.mp3", b"", "nothing.mp3: a sound file must be WAV"),
        ("<b>.wav", b"no sound", "&lt;b&gt;.wav: a sound file must be WAV"),
    ],
)
def test_what_is_no_sound_gets_one_line_and_no_picture(
    listener, tmp_path, name, content, line
):
    (tmp_path / name).write_bytes(content)
    said, bars, picture = listener(str(tmp_path / name), "", 1280)
    assert said.startswith('<p class="fault" role="alert">' + line)
    assert said.count("<p") == 1 and "\n" not in said and "Traceback" not in said
    assert bars["value"] is None and not bars["visible"]
    assert picture["value"] is None and not picture["visible"]


def test_a_sound_beyond_the_limit_gets_its_line(listener, tmp_path):
    soundfile.write(tmp_path / "long.wav", vowel(2.3), 16000)
    said, *_ = listener(str(tmp_path / "long.wav"), "", 1280)
    assert "long.wav: longer than the 2 s that this page takes" in said


def test_an_alignment_at_fault_gets_its_line(listener, sound):
    said, *_ = listener(sound, "0.5 0.1 word", 1280)
    assert 'role="alert">text, line 1: words must follow one another' in said


def test_a_message_is_one_line_without_markup():
    assert say("a\n <i> b") == '<p role="status">a &lt;i&gt; b</p>'


def test_no_picture_is_left_on_the_disk(listener, sound, tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    listener(sound, "", 1280)
    assert list(folder.iterdir()) == []


def test_the_page_tells_nobody_of_itself(recognizer):
    async def build():  # without a loop, Gradio opens one and leaves it open
        return build_page(recognizer, longest=60)

    page = asyncio.run(build())
    assert page.analytics_enabled is False
    every, age = page.delete_cache
    assert every < age <= 600
    text = next(
        block.value
        for block in page.blocks.values()
        if type(block).__name__ == "Markdown"
    )
    assert "**untrained**" in text and "angry, happy, sad" in text and "60 s" in text


def test_the_look_asks_for_no_font_or_sheet_of_another_machine():
    theme = look()["theme"]
    assert theme._stylesheets == []
    css = theme._get_theme_css() + look()["css"]
    assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", css)


def test_without_gradio_the_extra_is_named(recognizer, monkeypatch):
    monkeypatch.setitem(sys.modules, "gradio", None)
    with pytest.raises(ImportError, match=r"pip install 'satn-keras\[demo\]'"):
        build_page(recognizer, longest=60)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_small_and_is_what_it_says(example, tmp_path):
    pytest.importorskip("espeakng_loader")
    assert example.path.stat().st_size < 100_000
    shipped, rate = soundfile.read(example.path)
    spoken, _ = soundfile.read(example.make(tmp_path))
    assert rate == 16000 and 2 < len(shipped) / rate < 6
    # Another processor may round a sample of the synthesis otherwise.
    np.testing.assert_allclose(shipped, spoken, atol=2 / 32768)
