"""Bodies of requests, bounded in size and time while they arrive."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from satn_keras.serving.refusals import Refusal
from satn_keras.serving.settings import Settings


async def read_body(request: Request, settings: Settings) -> bytes:
    """Whole body of the request.

    What exceeds the bound is thrown away as it comes, never kept, so that the client
    finishes sending and sees the refusal; but a client that waits for leave to send
    (`Expect: 100-continue`, as curl does) is refused at once.

    Raises:
        Refusal: 413 if it is too large, 408 if it does not arrive in time, 400 if the
            client is gone.
    """
    too_large = Refusal(
        413,
        f"A request may have {settings.max_body_bytes} bytes. Send fewer or shorter "
        "utterances, or 16-bit WAV through serve_bytes.",
    )
    declared = request.headers.get("content-length", "0")
    oversized = declared.isdigit() and int(declared) > settings.max_body_bytes
    if oversized and "expect" in request.headers:
        raise too_large
    kept = _Kept(settings.max_body_bytes)
    try:
        await asyncio.wait_for(kept.fill(request), settings.body_seconds)
    except (asyncio.TimeoutError, TimeoutError) as error:
        if oversized or kept.oversized:
            raise too_large from error
        raise Refusal(
            408,
            f"The body did not arrive within {settings.body_seconds:g} s. Send less, "
            "or over a faster line.",
        ) from error
    except ClientDisconnect as error:
        raise Refusal(400, "The client closed the connection.") from error
    if kept.oversized:
        raise too_large
    return b"".join(kept.chunks)


class _Kept:
    """Chunks of a body; none of them once they exceed the limit."""

    def __init__(self, limit):
        self.chunks = []
        self._limit = limit
        self._size = 0

    @property
    def oversized(self):
        return self._size > self._limit

    async def fill(self, request):
        async for chunk in request.stream():
            self._size += len(chunk)
            if self.oversized:
                self.chunks.clear()
            else:
                self.chunks.append(chunk)
