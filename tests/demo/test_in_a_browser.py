"""The page as a reader has it: in headless Chromium, without a network."""

import os
import re
import signal
import subprocess
import sys

import pytest
import soundfile

from satn_keras.demo.examples import EXAMPLES
from tests.support.browsers import NAMES, find_chromium, opened_page
from tests.support.sounds import vowel

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_chromium() is None,
        reason=f"no browser: none of {', '.join(NAMES)} is on the path",
    ),
]
PICTURE = "img[alt^='Spectrogram of']"
RESULT = re.compile(r"^\w+, \d+% \(\d\.\d s heard\)$")
KNOWN = "anger fear happiness neutral sadness surprised".split()


@pytest.fixture(scope="module")
def temporary(tmp_path_factory):
    """Folder of everything that the server leaves for a while."""
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def address(temporary):
    """Of `satn demo`, which at the end stops when told, and leaves nothing."""
    command = [sys.executable, "-m", "satn_keras", "demo", "--port", "0"]
    command += ["--max-seconds", "5"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"},
    ) as server:
        try:
            line = server.stdout.readline()
            found = re.search(r"http://\S+/", line)
            assert found, line + server.communicate(timeout=60)[1]
            yield found[0]
        finally:
            server.send_signal(signal.SIGTERM)
            said, wrong = server.communicate(timeout=60)
    assert server.returncode == 0, wrong
    assert "Traceback" not in said + wrong
    assert not list(temporary.glob("satn-demo-*")) + list(temporary.glob("gradio"))


def give(page, path):
    page.locator("input[type=file]").first.set_input_files(str(path))


def shown_picture(page):
    """Width and height of the picture, once it is there and whole."""
    picture = page.locator(PICTURE)
    picture.wait_for()
    page.wait_for_function(
        f"""() => document.querySelector("{PICTURE}").naturalWidth > 0"""
    )
    return picture.evaluate("image => [image.naturalWidth, image.naturalHeight]")


def said(page, pattern):
    """Text of the line that the page says, once it is as expected."""
    line = page.locator("#said p").filter(has_text=pattern)
    line.wait_for()
    return line.inner_text()


def test_a_file_gives_the_emotion_bars_and_picture_without_a_network(address, tmp_path):
    soundfile.write(tmp_path / "vowel.flac", vowel(1.1, sample_rate=44100), 44100)
    with opened_page(address, viewport={"width": 1280, "height": 900}) as (page, asked):
        give(page, tmp_path / "vowel.flac")
        label = said(page, RESULT).split(",")[0]
        assert label in KNOWN
        assert "1.1 s heard" in said(page, RESULT)
        width, height = shown_picture(page)
        assert width > 1000 and height > 500
        bars = page.locator("dl, .label, [data-testid$='-confidence-set']").all()
        text = " ".join(bar.inner_text() for bar in bars)
        assert [name for name in KNOWN if name not in text] == []
    assert asked == []


def test_the_example_works_on_a_phone_with_its_words(address):
    with opened_page(address, viewport={"width": 390, "height": 844}) as (page, asked):
        page.get_by_role("button", name=EXAMPLES[0].text).click()
        said(page, RESULT)
        assert page.get_by_label("What is said").input_value() == EXAMPLES[0].text
        width, height = shown_picture(page)
        assert width < height  # for a narrow window
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert asked == []


def test_a_text_as_audio_is_one_clear_line_and_the_page_goes_on(address, tmp_path):
    (tmp_path / "notes.wav").write_text("no sound")
    soundfile.write(tmp_path / "long.wav", vowel(5.1), 16000)
    soundfile.write(tmp_path / "good.wav", vowel(0.7), 16000)
    with opened_page(address) as (page, _):
        give(page, tmp_path / "notes.wav")
        line = said(page, "notes.wav: a sound file must be WAV, FLAC, OGG or MP3")
        assert "\n" not in line and "Traceback" not in line
        assert page.locator("#said [role=alert]").count() == 1
        page.get_by_label("Clear").click()
        give(page, tmp_path / "long.wav")
        said(page, "long.wav: longer than the 5 s that this page takes")
        assert page.locator(PICTURE).count() == 0
        page.get_by_label("Clear").click()
        give(page, tmp_path / "good.wav")
        said(page, RESULT)
        shown_picture(page)


def test_a_recording_of_the_microphone_is_heard(address):
    with opened_page(address, permissions=["microphone"]) as (page, _):
        page.get_by_label("Record audio").click()
        page.get_by_role("button", name="Record", exact=True).click()
        stop = page.get_by_role("button", name="Stop", exact=True)
        stop.wait_for()
        page.wait_for_timeout(1500)  # what is recorded: the browser's own beeps
        stop.click()
        assert said(page, RESULT).split(",")[0] in KNOWN
        shown_picture(page)


def test_a_sound_that_was_deleted_meanwhile_is_asked_for_again(
    address, temporary, tmp_path
):
    soundfile.write(tmp_path / "gone.wav", vowel(0.7), 16000)
    with opened_page(address) as (page, _):
        give(page, tmp_path / "gone.wav")
        said(page, RESULT)
        kept = list(temporary.glob("satn-demo-*/*/gone.wav"))
        assert kept
        for copy in kept:
            copy.unlink()
        page.get_by_role("button", name="Listen").click()
        said(page, "gone.wav: no longer there. Record or drop it again")
