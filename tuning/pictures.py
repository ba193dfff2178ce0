"""Pictures of a search: UA against the weight, settings side by side."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Mapping, Sequence

import numpy as np

from satn_keras.evaluation.canvas import BLUE, GREY, ORANGE, sheet

INK = "#4a4f55"
ASIDE = 0.5  # decades from no weight to the smallest
DASH = "–"  # in the place of a setting without effect
_BESIDE = {  # labels of an axis
    "xytext": (4, 0),
    "textcoords": "offset points",
    "fontsize": 8,
    "va": "center",
    "color": INK,
    "bbox": {"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.8},
}


def plot_weight_search(
    weights: Sequence[float],
    ua: Sequence[float],
    deviations: Sequence[float],
    finished: Sequence[bool],
    path: str | os.PathLike,
    chance: float | None = None,
    title: str = "",
) -> pathlib.Path:
    """Path of the development UA against the weight of transfer, a dot a trial.

    The axis is logarithmic; weight 0, training without transfer, stands at its left
    end, apart. The line joins the means of the finished trials of each weight.

    Args:
        weights: of each trial, one of them above 0.
        ua: of each trial, the mean over inner folds.
        deviations: of each trial's UA over inner folds.
        finished: whether a trial ran every fold; the others are hollow.
        path: of the picture.
        chance: value of guessing, a dotted line.
        title: above the picture.

    Raises:
        ValueError: if the four are not equally many, or no weight is above 0.
    """
    sizes = [len(each) for each in (weights, ua, deviations, finished)]
    if len(set(sizes)) > 1 or not any(weights):
        raise ValueError(
            "`weights`, `ua`, `deviations` and `finished` must be equally many, and "
            f"one weight above 0. Received: {sizes}, weights {list(weights)}."
        )
    places = weight_places(weights)
    with sheet(path, 6.4, 4.0) as figure:
        panel = figure.subplots()
        if chance is not None:
            panel.axhline(chance, color=INK, linestyle=":", lw=1, label="chance")
        for row, weight in enumerate(weights):
            panel.errorbar(
                places[weight],
                ua[row],
                yerr=deviations[row],
                fmt="o",
                color=BLUE,
                ecolor=GREY,
                mfc=BLUE if finished[row] else "white",
            )
        line = _mean_line(weights, ua, finished)
        if len(line) > 1:
            xs = [places[weight] for weight in line]
            panel.plot(xs, list(line.values()), color=BLUE, lw=1.2, label="mean")
        if line:
            best = max(line, key=line.__getitem__)
            label = f"best, {best:g}"
            style = {"ms": 9, "zorder": 3, "label": label}
            panel.plot(places[best], line[best], "D", color=ORANGE, **style)
        ticks = _thinned(sorted(places))
        panel.set_xticks(
            [places[weight] for weight in ticks], [f"{weight:g}" for weight in ticks]
        )
        panel.tick_params(axis="x", labelsize=8)
        panel.set(xlabel="weight of transfer", ylabel="development UA", title=title)
        panel.grid(axis="y", color="#ebecee", linewidth=0.8)
        panel.set_axisbelow(True)
        panel.legend(fontsize=9)
    return pathlib.Path(path)


def weight_places(weights: Sequence[float]) -> dict[float, float]:
    """Place of each weight on the axis: its logarithm; that of 0 further left.

    Example:
        >>> weight_places([0, 0.1, 10, 1])
        {0: -1.5, 0.1: -1.0, 1: 0.0, 10: 1.0}
    """
    positive = sorted({weight for weight in weights if weight > 0})
    places = {weight: float(np.log10(weight)) for weight in positive}
    if 0 not in weights:
        return places
    return {0: places[positive[0]] - ASIDE, **places}


def plot_parallel(
    axes: Mapping[str, Sequence[str]],
    values: Sequence[Mapping[str, str]],
    ua: Sequence[float],
    finished: Sequence[bool],
    path: str | os.PathLike,
    title: str = "",
) -> pathlib.Path:
    """Path of parallel coordinates: a line a trial through its settings to its UA.

    Args:
        axes: key to the labels of its values, from bottom to top.
        values: label of each key of each trial; one without effect is absent, and
            its place is a dash below the others.
        ua: of each trial.
        finished: whether a trial ran every fold; the others are dashed.
        path: of the picture.
        title: above the picture.

    Raises:
        ValueError: if trials, `ua` and `finished` are not equally many.
    """
    if not len(values) == len(ua) == len(finished) or not len(values):
        raise ValueError(
            "`values`, `ua` and `finished` must be equally many and at least one. "
            f"Received: {len(values)}, {len(ua)}, {len(finished)}."
        )
    low, high = min(ua), max(ua)
    axes = _with_dash(axes, values)
    shares = [(each - low) / (high - low) if high > low else 0.5 for each in ua]
    with sheet(path, max(5.0, 1.7 * (len(axes) + 1)), 4.4) as figure:
        panel = figure.subplots()
        shade = _shades()
        for row in np.argsort(ua):  # the best on top
            heights = [_height(axes[key], values[row].get(key, DASH)) for key in axes]
            style = "-" if finished[row] else "--"
            panel.plot(
                range(len(axes) + 1),
                [*heights, shares[row]],
                style,
                color=shade(shares[row]),
                lw=2.2 if row == int(np.argmax(ua)) else 1.2,
                alpha=0.9,
            )
        _label_axes(panel, axes, low, high)
        panel.set_title(title)
    return pathlib.Path(path)


def _label_axes(panel, axes, low: float, high: float) -> None:
    for place, labels in enumerate(axes.values()):
        panel.axvline(place, color=INK, lw=0.8, zorder=0)
        for label in _thinned(list(labels), most=13):
            panel.annotate(label, (place, _height(labels, label)), **_BESIDE)
    panel.axvline(len(axes), color=INK, lw=0.8, zorder=0)
    for share, value in ((0.0, low), (1.0, high)):
        panel.annotate(f"{value:.3f}", (len(axes), share), **_BESIDE)
    names = [key.replace("student_training", "training") for key in axes]
    panel.set_xticks(
        range(len(axes) + 1), [name.replace(".", ".\n") for name in [*names, "UA"]]
    )
    panel.set_yticks([])
    panel.set_xlim(-0.15, len(axes) + 0.45)
    panel.spines[:].set_visible(False)
    panel.tick_params(length=0)


def _with_dash(axes, values) -> dict[str, tuple[str, ...]]:
    """The axes; a dash is below the labels of a key that some trial lacks."""
    return {
        key: tuple(labels) if all(key in row for row in values) else (DASH, *labels)
        for key, labels in axes.items()
    }


def _height(labels: Sequence[str], label: str) -> float:
    """Between 0 and 1."""
    return list(labels).index(label) / max(len(labels) - 1, 1)


def _shades():
    from matplotlib import colormaps

    return colormaps["viridis_r"]


def _mean_line(weights, means, finished) -> dict[float, float]:
    by_weight: dict[float, list[float]] = {}
    for weight, mean, whole in zip(weights, means, finished, strict=True):
        if whole:
            by_weight.setdefault(weight, []).append(mean)
    return {weight: float(np.mean(by_weight[weight])) for weight in sorted(by_weight)}


def _thinned(values: list, most: int = 11) -> list:
    """Every second, third ... value, so that at most `most` are left."""
    step = -(-len(values) // most)
    return values[::step]
