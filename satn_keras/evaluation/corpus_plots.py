"""Pictures of a corpus: how long, how loud, and who says what how often."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Mapping, Sequence

import numpy as np

from satn_keras.evaluation.canvas import BLUE, GREY, ORANGE, sheet

MOST_NAMED = 40  # speakers whose names and counts can be read


def plot_durations(
    seconds: Sequence[float], path: str | os.PathLike, title: str = "Durations"
) -> pathlib.Path:
    """Path of a histogram of durations, the median marked.

    Args:
        seconds: One or more.
        path: of the picture.
        title: above it.
    """
    return _histogram(seconds, path, title, "seconds")


def plot_levels(
    levels: Mapping[str, Sequence[float]],
    path: str | os.PathLike,
    title: str = "Levels",
) -> pathlib.Path:
    """Path of boxes of levels, one a label; whiskers reach 1.5 box lengths.

    Args:
        levels: dB below full scale of each label's utterances; a single label is
            drawn as a histogram.
        path: of the picture.
        title: above it.
    """
    if len(levels) == 1:
        return _histogram(next(iter(levels.values())), path, title, "dB of full scale")
    with sheet(path, max(3.6, 0.7 * len(levels) + 1.2), 3.2) as figure:
        panel = figure.subplots()
        boxes = panel.boxplot(
            list(levels.values()),
            widths=0.6,
            patch_artist=True,
            medianprops={"color": ORANGE},
            flierprops={"marker": ".", "markersize": 3, "markeredgecolor": GREY},
        )
        for box in boxes["boxes"]:
            box.set(facecolor=BLUE, alpha=0.35)
        ticks = range(1, len(levels) + 1)
        panel.set_xticks(ticks, list(levels), rotation=45, ha="right")
        panel.set(title=title, ylabel="dB of full scale")
    return pathlib.Path(path)


def plot_class_counts(
    counts: Mapping[str, Mapping[str, int]],
    path: str | os.PathLike,
    title: str = "Utterances by speaker and label",
) -> pathlib.Path:
    """Path of the number of each speaker's utterances of each label.

    Args:
        counts: by label (inner) and speaker (outer).
        path: of the picture.
        title: above it.
    """
    labels = sorted({label for inner in counts.values() for label in inner})
    table = np.asarray(
        [[inner.get(label, 0) for label in labels] for inner in counts.values()]
    )
    named = len(counts) <= MOST_NAMED
    height = min(9.0, 0.3 * len(counts) + 1.4)
    with sheet(path, max(3.6, 0.7 * len(labels) + 1.6), height) as figure:
        panel = figure.subplots()
        image = panel.imshow(table, cmap="Blues", vmin=0, aspect="auto")
        names = [label or "(no label)" for label in labels]
        panel.set_xticks(range(len(labels)), names, rotation=45, ha="right")
        shown = list(counts) if named else []
        panel.set_yticks(range(len(shown)), shown)
        panel.set_title(title)
        panel.set_ylabel("" if named else f"{len(counts)} speakers")
        panel.tick_params(length=0)
        panel.spines[:].set_visible(False)
        if named:
            _write_counts(panel, table)
        else:
            figure.colorbar(image, ax=panel)
    return pathlib.Path(path)


def _histogram(values, path, title, unit) -> pathlib.Path:
    median = float(np.median(values))
    with sheet(path, 6.0, 2.8) as figure:
        panel = figure.subplots()
        panel.hist(values, bins=min(60, max(5, len(values) // 8)), color=BLUE)
        panel.axvline(median, color=ORANGE)
        shown = f"{title}, median {median:.2f}"
        panel.set(title=shown, xlabel=unit, ylabel="utterances")
    return pathlib.Path(path)


def _write_counts(panel, table) -> None:
    for (row, column), count in np.ndenumerate(table):
        ink = "white" if count > 0.55 * table.max() else "#222222"
        panel.text(column, row, str(count), ha="center", va="center", color=ink)
