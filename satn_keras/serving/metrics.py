"""Counts and times of the server, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128)
CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """What the server counts.

    Args:
        served: numbers of the versions that are served, when asked.
        waiting: utterances that wait for a run, when asked.
        in_flight: predict requests that have begun, when asked.

    Attributes:
        requests: answered predict requests by HTTP status.
        seconds: from the first byte of a predict request to its answer.
        batch_rows: utterances in each run of the model.
        audio_seconds: audio that was heard.
        swaps: changes of the served versions.
    """

    def __init__(
        self,
        served: Callable[[], list[int]],
        waiting: Callable[[], int],
        in_flight: Callable[[], int],
    ):
        self.registry = CollectorRegistry()
        kept = {"registry": self.registry}
        self.requests = Counter(
            "satn_requests", "Predict requests by HTTP status.", ["status"], **kept
        )
        self.seconds = Histogram(
            "satn_request_seconds", "Time of a request.", buckets=SECONDS, **kept
        )
        self.batch_rows = Histogram(
            "satn_batch_rows", "Utterances in a run.", buckets=ROWS, **kept
        )
        self.audio_seconds = Counter("satn_audio_seconds", "Audio heard.", **kept)
        self.swaps = Counter("satn_version_swaps", "Changes of versions.", **kept)
        begun = Gauge("satn_requests_in_flight", "Requests that have begun.", **kept)
        begun.set_function(in_flight)
        queue = Gauge("satn_queue_rows", "Utterances that wait for a run.", **kept)
        queue.set_function(waiting)
        latest = Gauge(
            "satn_latest_version", "Latest version served; 0 = none.", **kept
        )
        latest.set_function(lambda: max(served(), default=0))
        ProcessCollector(registry=self.registry)

    def text(self) -> bytes:
        """All of it in Prometheus's text form."""
        return generate_latest(self.registry)
