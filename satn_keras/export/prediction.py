"""Emotion of one utterance."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Prediction:
    """Emotion of one utterance.

    Attributes:
        label: the likeliest class.
        score: its probability.
        probabilities: of every class.
        path: of the file; empty for a waveform.
    """

    label: str
    score: float
    probabilities: dict[str, float]
    path: str = ""

    def to_dict(self) -> dict:
        """`path`, `label`, `score` and `probabilities`, for JSON."""
        return {
            "path": self.path,
            "label": self.label,
            "score": self.score,
            "probabilities": self.probabilities,
        }
