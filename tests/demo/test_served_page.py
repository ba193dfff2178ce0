"""The page as a server: what it sends, what it keeps, where it may listen."""

import os
import pathlib
import re
import socket
import time

import httpx
import pytest

from satn_keras.demo import page
from satn_keras.demo.served_page import UPLOADS, Place, served_page
from satn_keras.errors import ConfigError


@pytest.fixture(scope="module")
def served(recognizer):
    """Address of the page, and the folder of what it is given."""
    with served_page(recognizer, Place(port=0), longest=2) as address:
        yield address, pathlib.Path(os.environ[UPLOADS])


def upload(address, size):
    content = ("sound.wav", bytes(size), "audio/wav")
    return httpx.post(f"{address}gradio_api/upload", files={"files": content})


def test_the_page_asks_no_other_machine_for_scripts_sheets_or_fonts(served):
    sent = httpx.get(served[0])
    assert sent.status_code == 200
    tags = re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", sent.text)
    assert tags
    assert [tag for tag in tags if re.search(r"(src|href)=.?(https?:)?//", tag)] == []
    sheet = httpx.get(f"{served[0]}theme.css")
    assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", sheet.text)


def test_it_listens_on_this_machine_alone(served):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", served[0])


def test_what_is_uploaded_lies_in_the_page_s_own_folder(served):
    answer = upload(served[0], 997)
    assert answer.status_code == 200
    (path,) = map(pathlib.Path, answer.json())
    assert path.is_relative_to(served[1]) and path.stat().st_size == 997


def test_an_upload_beyond_what_the_longest_sound_needs_is_refused(served):
    assert upload(served[0], 2 * 96_000 * 2 * 4 + 1000).status_code == 413


def test_no_file_of_the_machine_can_be_asked_for(served):
    answer = httpx.get(f"{served[0]}gradio_api/file={pathlib.Path(__file__)}")
    assert answer.status_code in (403, 404)


def test_everything_goes_with_the_page(recognizer):
    before = os.environ.get(UPLOADS)
    with served_page(recognizer, Place(port=0), longest=2) as address:
        folder = pathlib.Path(os.environ[UPLOADS])
        assert upload(address, 100).status_code == 200
    assert not folder.exists()
    assert os.environ.get(UPLOADS) == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_what_is_old_is_deleted_while_the_page_is_served(recognizer, monkeypatch):
    monkeypatch.setattr(page, "LOOK_FOR_OLD_SECONDS", 1)
    monkeypatch.setattr(page, "KEPT_SECONDS", 1)
    with served_page(recognizer, Place(port=0), longest=2) as address:
        (path,) = upload(address, 997).json()
        for _ in range(600):
            if not os.path.exists(path):
                break
            time.sleep(0.1)
        assert not os.path.exists(path)


def test_a_port_that_is_taken_is_one_clear_error(recognizer):
    with socket.create_server(("127.0.0.1", 0)) as other:
        place = Place(port=other.getsockname()[1])
        with (
            pytest.raises(ConfigError, match=rf"127.0.0.1:{place.port}: cannot be"),
            served_page(recognizer, place, longest=2),
        ):
            pass


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_refused(port):
    with pytest.raises(ConfigError, match=f"--port must be 0 to 65535.*{port}"):
        Place(port=port)


@pytest.mark.parametrize("longest", [0.5, 0, float("nan")])
def test_a_limit_that_holds_no_speech_is_refused(recognizer, longest):
    with (
        pytest.raises(ConfigError, match="--max-seconds must be at least 1"),
        served_page(recognizer, Place(port=0), longest),
    ):
        pass
