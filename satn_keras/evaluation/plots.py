"""Pictures of decisions and of training: confusion, history, posteriors."""

from __future__ import annotations

import math
import os
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from satn_keras.evaluation.canvas import BLUE, GREY, ORANGE, sheet


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
    counts = np.asarray(confusion)
    if counts.shape != (len(classes), len(classes)):
        raise ValueError(
            "`confusion` must have one row and one column a class. "
            f"Received: shape={counts.shape} for {len(classes)} classes."
        )
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


def plot_history(
    history: pd.DataFrame,
    path: str | os.PathLike,
    selected: int | None = None,
    title: str = "",
) -> pathlib.Path:
    """Path of the learning curves, a panel for each logged quantity.

    Args:
        history: one row an epoch, as Keras logs it: column `x` of the training
            part, `val_x` of the validation part. Column `epoch`, or the index,
            counts epochs.
        path: of the picture.
        selected: epoch whose weights were kept, marked in each panel.
        title: above all panels.
    """
    if "epoch" in history:
        history = history.set_index("epoch")
    logged = history.dropna(axis="columns", how="all")
    names = list(dict.fromkeys(name.removeprefix("val_") for name in logged))
    if not names:
        raise ValueError("`history` must hold at least one logged quantity.")
    columns = min(3, len(names))
    rows = math.ceil(len(names) / columns)
    with sheet(path, max(4.6, 3.5 * columns), 2.5 * rows + 0.5) as figure:
        panels = list(figure.subplots(rows, columns, squeeze=False).flat)
        for panel, name in zip(panels, names, strict=False):
            _curves(panel, logged, name, selected)
        for panel in panels[len(names) :]:
            panel.remove()
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


def _curves(panel, logged: pd.DataFrame, name: str, selected: int | None) -> None:
    for column, label, colour in (
        (name, "training", GREY),
        (f"val_{name}", "validation", BLUE),
    ):
        if column in logged:
            values = logged[column].dropna()
            mark = "o" if len(values) == 1 else ""
            panel.plot(values, color=colour, label=label, linewidth=1.8, marker=mark)
    if selected is not None:
        panel.axvline(
            selected, color=ORANGE, linewidth=1, linestyle="--", label="kept epoch"
        )
    panel.set_title(name.replace("_", " "))
    panel.set_xlabel("epoch")
    if len(logged) > 1:
        panel.xaxis.get_major_locator().set_params(integer=True)
    else:
        panel.set_xticks(logged.index)
    panel.ticklabel_format(axis="y", scilimits=(-3, 4))
    panel.grid(axis="y", color="#ebecee", linewidth=0.8)
    panel.set_axisbelow(True)
    panel.legend(fontsize=8, loc="best")
