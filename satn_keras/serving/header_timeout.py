"""Hanging up on clients that open a connection and send no whole request.

A request's body is bounded in time by the application; its headers come before the
application is called, and uvicorn would wait for them for ever.
"""

from __future__ import annotations

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


def with_header_timeout(seconds: float) -> type[H11Protocol]:
    """Protocol of uvicorn whose clients have `seconds` for a request's headers.

    Between two requests of a connection uvicorn's own `timeout_keep_alive` holds.
    """

    class HeaderTimeout(H11Protocol):
        _clock = None

        def connection_made(self, transport):
            super().connection_made(transport)
            self._clock = self.loop.call_later(seconds, transport.close)

        def data_received(self, data):
            super().data_received(data)
            incomplete = self.conn.their_state is h11.IDLE
            if not incomplete:
                self._stop_clock()
            elif self._clock is None and self.conn.trailing_data[0]:
                self._clock = self.loop.call_later(seconds, self.transport.close)

        def connection_lost(self, exc):
            self._stop_clock()
            super().connection_lost(exc)

        def _stop_clock(self):
            if self._clock is not None:
                self._clock.cancel()
                self._clock = None

    return HeaderTimeout
