"""What a stream says after some more samples."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class StreamPrediction:
    """Emotion of the audio so far.

    Attributes:
        seconds: of audio pushed so far.
        label: the likeliest class.
        score: its probability.
        probabilities: of every class.
        times: seconds from the start of the audio, (new,): where each new frame begins,
            or where each new window ends.
        course: posterior at each of them, (new, classes), in the order of
            `probabilities`.
    """

    seconds: float
    label: str
    score: float
    probabilities: dict[str, float]
    times: np.ndarray
    course: np.ndarray

    def to_dict(self) -> dict:
        """`seconds`, `label`, `score` and `probabilities`, for JSON."""
        return {
            "seconds": self.seconds,
            "label": self.label,
            "score": self.score,
            "probabilities": self.probabilities,
        }


def stream_prediction(
    seconds: float,
    classes: Sequence[str],
    posterior: np.ndarray,
    times: np.ndarray,
    course: np.ndarray,
) -> StreamPrediction:
    """`StreamPrediction` whose label is the posterior's likeliest class.

    Args:
        seconds: of audio pushed so far.
        classes: in the order of the posterior.
        posterior: (classes,).
        times: (new,), seconds.
        course: (new, classes).
    """
    best = int(np.argmax(posterior))
    shares = dict(zip(classes, map(float, posterior), strict=True))
    return StreamPrediction(
        seconds, classes[best], shares[classes[best]], shares, times, course
    )
