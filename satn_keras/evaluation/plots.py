"""Pictures of decisions: confusion matrices and one utterance's posteriors."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from satn_keras.evaluation.canvas import BLUE, GREY, sheet


def plot_confusion(
    confusion: Any,
    classes: Sequence[str],
    path: str | os.PathLike,
    title: str = "",
) -> pathlib.Path:
    """Path of the confusion matrix, as counts and as shares of each true class.

    Args:
        confusion: (classes, classes), counts, truth in rows.
        classes: names, in the order of rows and columns.
        path: of the picture.
        title: above both panels.
    """
    counts = _square(confusion, "confusion", classes)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    percent = np.where(totals > 0, np.char.mod("%.0f", 100 * shares), "-")

    side = max(3.2, 0.62 * len(classes) + 1.4)
    with sheet(path, 2 * side + 0.4, side + 0.3) as figure:
        left, right = figure.subplots(1, 2, sharey=True)
        # Both panels are coloured by share: a frequent class would else
        # outshine the others, whatever their recall.
        _cells(left, shares, counts.astype(str), classes)
        _cells(right, shares, percent, classes)
        left.set(title="Utterances", ylabel="truth")
        right.set(title="Per cent of each true class")
        figure.suptitle(title, fontweight="bold")
    return pathlib.Path(path)


def plot_mean_confusion(
    shares: Any,
    classes: Sequence[str],
    path: str | os.PathLike,
    title: str = "",
) -> pathlib.Path:
    """Path of a confusion matrix given as shares, such as `mean_confusion` makes.

    Args:
        shares: (classes, classes), shares of each true class, truth in rows; a row
            of NaN is a class without utterances.
        classes: names, in the order of rows and columns.
        path: of the picture.
        title: above the panel.

    References:
        Zhao et al., Self-attention transfer networks for speech emotion
        recognition, 2021, figure 3.
    """
    shares = _square(shares, "shares", classes).astype("float64")
    known = np.isfinite(shares)
    if (shares[known] < 0).any() or (shares[known] > 1).any():
        raise ValueError(
            "`shares` must lie in [0, 1]; `plot_confusion` takes counts. "
            f"Received: {shares[known].min():g} to {shares[known].max():g}."
        )
    percent = np.where(known, np.char.mod("%.1f", 100 * shares), "-")
    side = max(3.2, 0.62 * len(classes) + 1.4)
    with sheet(path, side + 0.2, side + 0.3) as figure:
        panel = figure.subplots()
        _cells(panel, np.where(known, shares, 0.0), percent, classes)
        panel.set(title="Per cent of each true class, mean of folds", ylabel="truth")
        figure.suptitle(title, fontweight="bold")
    return pathlib.Path(path)


def plot_posteriors(
    posteriors: Any,
    classes: Sequence[str],
    path: str | os.PathLike,
    truth: str | None = None,
    title: str = "",
) -> pathlib.Path:
    """Path of one utterance's posteriors as bars, the decision in colour.

    Args:
        posteriors: (classes,), in [0, 1].
        classes: names, in the same order.
        path: of the picture.
        truth: the true class, where known; marked on its bar.
        title: above the bars.
    """
    posteriors = np.asarray(posteriors, dtype="float64")
    if posteriors.shape != (len(classes),):
        raise ValueError(
            "`posteriors` must have one value a class. "
            f"Received: shape={posteriors.shape} for {len(classes)} classes."
        )
    rows = np.arange(len(classes))
    colours = np.where(rows == posteriors.argmax(), BLUE, GREY)
    with sheet(path, 5.6, 0.36 * len(classes) + 0.9) as figure:
        panel = figure.subplots()
        bars = panel.barh(rows, posteriors, color=colours, height=0.7)
        marks = [
            f"{value:.2f}" + ("  true class" if name == truth else "")
            for name, value in zip(classes, posteriors, strict=True)
        ]
        panel.bar_label(bars, marks, padding=4)
        panel.set_yticks(rows, classes)
        panel.set(xlim=(0, 1.2), xticks=[0, 0.25, 0.5, 0.75, 1], title=title)
        panel.set_xlabel("posterior")
        panel.spines["bottom"].set_bounds(0, 1)
        panel.invert_yaxis()
        panel.tick_params(axis="y", length=0)
    return pathlib.Path(path)


def _cells(panel, shares, texts, classes) -> None:
    panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), text in np.ndenumerate(texts):
        ink = "white" if shares[row, column] > 0.55 else "#222222"
        panel.text(column, row, text, ha="center", va="center", color=ink)
    ticks = range(len(classes))
    panel.set_xticks(ticks, classes, rotation=45, ha="right", rotation_mode="anchor")
    panel.set_yticks(ticks, classes)
    panel.set_xlabel("decision")
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)


def _square(matrix, name: str, classes: Sequence[str]) -> np.ndarray:
    matrix = np.asarray(matrix)
    if matrix.shape != (len(classes), len(classes)):
        raise ValueError(
            f"`{name}` must have one row and one column a class. "
            f"Received: shape={matrix.shape} for {len(classes)} classes."
        )
    return matrix
