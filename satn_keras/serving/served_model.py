"""Model of a server, and how a client asks for it."""

from __future__ import annotations

import dataclasses

from satn_keras.serving.backoff import Backoff


@dataclasses.dataclass(frozen=True)
class ServedModel:
    """What a client's transport is told.

    Attributes:
        address: of the server: a URL for REST, such as "http://localhost:8501", host
            and port for gRPC.
        name: of the model.
        version: its number; None for the latest, or `label`'s.
        label: of a version.
        timeout: seconds for each try.
        backoff: of the tries.
        api_key: shown with each call; None shows nothing.
    """

    address: str
    name: str
    version: int | None = None
    label: str | None = None
    timeout: float = 30.0
    backoff: Backoff = Backoff()
    api_key: str | None = None
