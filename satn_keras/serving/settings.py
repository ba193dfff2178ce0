"""Bounds of the server: sizes, times and numbers."""

from __future__ import annotations

import dataclasses
import os


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a server takes, and how long and how much of it.

    Attributes:
        max_body_bytes: of one request.
        max_rows: utterances in one request.
        max_seconds: of audio in one utterance.
        body_seconds: within which a body must have arrived.
        header_seconds: within which a request's headers must have arrived.
        answer_seconds: within which an answer must be there once the body is.
        drain_seconds: that a stop leaves for requests which have begun.
        max_requests: at once; memory for bodies is at most this many bodies.
        max_batch: utterances of several requests that share one run of the model.
            One turns batching off.
        batch_seconds: that a batch may wait for more requests.
        max_waiting: utterances that wait for a batch.
        threads: runs of the model at once.
        poll_seconds: between looks for new versions.
        api_key: that every request must show; None asks for none.
    """

    max_body_bytes: int = 32 * 2**20
    max_rows: int = 64
    max_seconds: float = 600.0
    body_seconds: float = 30.0
    header_seconds: float = 10.0
    answer_seconds: float = 60.0
    drain_seconds: float = 30.0
    max_requests: int = 64
    max_batch: int = 32
    batch_seconds: float = 0.002
    max_waiting: int = 256
    threads: int = max(1, (os.cpu_count() or 2) // 2)
    poll_seconds: float = 2.0
    api_key: str | None = None

    def __post_init__(self):
        for name, value in dataclasses.asdict(self).items():
            if name != "api_key" and not value >= (
                0 if name == "batch_seconds" else 1e-9
            ):
                raise ValueError(f"`{name}` must be above 0. Received: {value}.")
