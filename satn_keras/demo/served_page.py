"""The page while it is served, with a folder of its own for what it is given."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import socket
import tempfile
from collections.abc import Iterator

import numpy as np

from satn_keras.demo.page import build_page, import_gradio, look
from satn_keras.errors import ConfigError
from satn_keras.export import Recognizer

UPLOADS = "GRADIO_TEMP_DIR"  # where Gradio puts sounds and pictures
BYTES_PER_SECOND = 96_000 * 2 * 4  # of the largest sound: 96 kHz, stereo, float


@dataclasses.dataclass(frozen=True)
class Place:
    """Where the page is served.

    Attributes:
        host: address that the server listens on.
        port: of it; 0 takes a free one.
    """

    host: str = "127.0.0.1"
    port: int = 7860

    def __post_init__(self):
        if not 0 <= self.port <= 65535:
            raise ConfigError(
                f"--port must be 0 to 65535; 0 takes a free one. Received: {self.port}."
            )


@contextlib.contextmanager
def served_page(recognizer: Recognizer, place: Place, longest: float) -> Iterator[str]:
    """Address of the page, which is served until the block ends.

    Everything that it was given or drew lies in one temporary folder, which goes
    with it. Nothing is fetched from another machine, by the server or the page.

    Args:
        recognizer: of the model.
        place: host and port.
        longest: seconds of sound that are taken.

    Raises:
        ImportError: if gradio is not installed.
        ConfigError: if the place cannot be listened on, or `longest` holds no speech.
    """
    if not longest >= 1:
        raise ConfigError(f"--max-seconds must be at least 1. Received: {longest:g}.")
    port = _free_port(place)
    with _own_folder():  # before Gradio is imported, which looks for it then
        import_gradio()
        _warm_up(recognizer)
        page = asyncio.run(_launched(recognizer, place.host, port, longest))
        try:
            yield page.local_url
        finally:
            page.close(verbose=False)


async def _launched(recognizer, host, port, longest):
    """The page, built while an event loop runs: Gradio else opens some for good."""
    page = build_page(recognizer, longest)
    page.launch(
        server_name=host,
        server_port=port,
        share=False,  # whatever the environment says
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        prevent_thread_lock=True,
        quiet=True,
        max_file_size=int(longest * BYTES_PER_SECOND),
        **look(),
    )
    return page


def _free_port(place):
    """The port, if it can be listened on."""
    try:
        with socket.create_server((place.host, place.port)) as server:
            return server.getsockname()[1]
    except OSError as error:
        raise ConfigError(
            f"{place.host}:{place.port}: cannot be listened on ({error.strerror}). "
            "Choose another --port, --port 0 for a free one, or another --host."
        ) from error


def _warm_up(recognizer):
    """The first answer of a model takes seconds; nobody shall wait for it."""
    second = np.zeros(recognizer.sample_rate, "float32")
    recognizer.attend(second)
    recognizer.predict([second])


@contextlib.contextmanager
def _own_folder():
    before = os.environ.get(UPLOADS)
    with tempfile.TemporaryDirectory(prefix="satn-demo-") as folder:
        os.environ[UPLOADS] = folder
        try:
            yield folder
        finally:
            if before is None:
                del os.environ[UPLOADS]
            else:
                os.environ[UPLOADS] = before
