"""A process that serves one model until it is told to stop."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

from satn_keras.errors import ArtifactError
from satn_keras.serving.app import make_app
from satn_keras.serving.header_timeout import with_header_timeout
from satn_keras.serving.service import ModelService

BACKLOG = 512  # connections that wait to be taken


def serve(
    service: ModelService,
    host: str = "127.0.0.1",
    port: int = 8501,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve until SIGTERM or SIGINT; then finish what has begun.

    Args:
        service: not yet started.
        host: address to listen at.
        port: zero takes any free one.
        ready: told the address, as a URL, once connections are taken.

    Raises:
        ArtifactError: if no version can be loaded, or the address is taken.
    """
    with _listening(host, port) as listener:
        service.versions.refresh()
        service.check_served()
        settings = service.settings
        config = uvicorn.Config(
            make_app(service),
            http=with_header_timeout(settings.header_seconds),
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=max(1, round(settings.drain_seconds)),
        )
        ready(f"http://{_bracketed(host)}:{listener.getsockname()[1]}")
        with _stopping_quietly():
            uvicorn.Server(config).run(sockets=[listener])


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        # A server that was killed leaves its port in a state of waiting.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise ArtifactError(
                f"{host}:{port}: cannot listen there ({error.strerror or error}). "
                "Choose another --port or --host."
            ) from error
        listener.listen(BACKLOG)
        yield listener


@contextlib.contextmanager
def _stopping_quietly() -> Iterator[None]:
    """No death by the signal that asked to stop: uvicorn raises it again at its end."""
    signals = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(each, lambda *_: None) for each in signals]
    try:
        yield
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


def _bracketed(host):
    return f"[{host}]" if ":" in host else host
