"""Picture of a reliability diagram."""

from __future__ import annotations

import os
import pathlib

import numpy as np

from satn_keras.evaluation.calibration import Reliability
from satn_keras.evaluation.canvas import BLUE, GREY, ORANGE, sheet


def plot_reliability(
    result: Reliability, path: str | os.PathLike, title: str = ""
) -> pathlib.Path:
    """Path of accuracy against confidence, with the utterances of each bin below.

    A bar below the diagonal is a system too sure of itself.

    Args:
        result: made by `reliability`.
        path: of the picture.
        title: above both panels.
    """
    edges = np.asarray(result.edges)
    middles, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    filled = [row for row, count in enumerate(result.count) if count]
    accuracy = [result.accuracy[row] for row in filled]
    confidence = [result.confidence[row] for row in filled]
    with sheet(path, 4.4, 5.2) as figure:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        upper.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1)
        upper.bar(
            middles[filled], accuracy, width[filled], color=BLUE, alpha=0.7, ec="white"
        )
        upper.plot(
            confidence,
            accuracy,
            "o",
            color=ORANGE,
            ms=4,
            clip_on=False,  # an accuracy of 1 lies on the edge
            label="mean of a bin",
        )
        upper.set(xlim=(0, 1), ylim=(0, 1), ylabel="accuracy")
        upper.set_title(
            f"ECE {result.expected_calibration_error:.3f}, "
            f"NLL {result.negative_log_likelihood:.3f}, Brier {result.brier:.3f}"
        )
        upper.legend(fontsize=9, loc="upper left")
        lower.bar(middles, result.count, width, color=GREY, ec="white")
        lower.set(xlabel="confidence", ylabel="utterances")
        figure.suptitle(title, fontweight="bold")
    return pathlib.Path(path)
