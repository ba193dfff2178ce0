"""Panel of the posterior over time, below the maps of one utterance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def check_posterior(
    posterior: Any, classes: Sequence[str], times: Any, seconds: float
) -> tuple[np.ndarray, np.ndarray]:
    """Posterior (steps, classes) and the seconds heard at each step.

    Args:
        posterior: (steps, classes), in [0, 1].
        classes: names, in the order of the columns.
        times: (steps,), seconds heard; evenly up to `seconds` when None.
        seconds: of the whole utterance.

    Raises:
        ValueError: if shapes disagree, or times do not rise.
    """
    posterior = np.asarray(posterior, dtype="float64")
    if posterior.ndim != 2 or posterior.shape[1] != len(classes) or not len(posterior):
        raise ValueError(
            "`posterior` must have one row a step and one column a class. "
            f"Received: shape={posterior.shape} for {len(classes)} classes."
        )
    if times is None:
        times = np.arange(1, len(posterior) + 1) * seconds / len(posterior)
    times = np.asarray(times, dtype="float64")
    if times.shape != (len(posterior),) or (np.diff(times) <= 0).any():
        raise ValueError(
            "`posterior_seconds` must rise, one value a step. "
            f"Received: {times.tolist()} for {len(posterior)} steps."
        )
    return posterior, times


def draw_posterior(
    panel, posterior: np.ndarray, classes: Sequence[str], times: np.ndarray
) -> None:
    """One line a class; that of the last decision is drawn thick."""
    decided = posterior[-1].argmax()
    mark = "o" if len(times) == 1 else ""
    for index, name in enumerate(classes):
        width, share = (2.4, 1.0) if index == decided else (1.2, 0.8)
        values = posterior[:, index]
        panel.plot(times, values, label=name, lw=width, alpha=share, marker=mark)
    panel.set(ylim=(0, 1), ylabel="posterior", title="emotion, heard up to here")
    panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
