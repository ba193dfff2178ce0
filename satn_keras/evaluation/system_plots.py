"""Pictures that compare systems: a forest of intervals, the weight of transfer."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Mapping, Sequence

import numpy as np

from satn_keras.evaluation.canvas import BLUE, GREY, ORANGE, sheet
from satn_keras.evaluation.statistics import Interval

INK = "#4a4f55"


def plot_systems(
    names: Sequence[str],
    intervals: Sequence[Interval],
    path: str | os.PathLike,
    chance: float | None = None,
    published: Mapping[str, float] | None = None,
    title: str = "",
    label: str = "UA",
    chance_label: str = "chance",
) -> pathlib.Path:
    """Path of a forest plot: one system a line, its value and its interval.

    Whether two systems differ is not read off two intervals that overlap or not:
    draw the differences (`bootstrap_difference`) for that, with `chance=0` and
    `chance_label="no difference"`.

    Args:
        names: systems, from top to bottom.
        intervals: one a system.
        path: of the picture.
        chance: value of guessing, a dashed line.
        published: figures of publications, by system; hollow diamonds.
        title: above the picture.
        label: of the axis.
        chance_label: what the dashed line is called.

    Raises:
        ValueError: if there is no system, the two are not equally many, or a
            published figure belongs to none of them.
    """
    if not len(names) or len(names) != len(intervals):
        raise ValueError(
            "`names` and `intervals` must be equally many and at least one. "
            f"Received: {len(names)} and {len(intervals)}."
        )
    published = published or {}
    for name in published:
        if name not in names:
            raise ValueError(f"`published` must name systems. Received: {name!r}.")
    rows = np.arange(len(names))
    with sheet(path, 7.2, 0.42 * len(names) + 1.3) as figure:
        panel = figure.subplots()
        if chance is not None:
            panel.axvline(chance, color=GREY, linestyle="--", linewidth=1)
            edge = panel.get_xaxis_transform()
            place = {"ha": "center", "color": INK, "transform": edge}
            panel.text(chance, 1.01, chance_label, **place)
        for row, interval in zip(rows, intervals, strict=True):
            panel.plot([interval.low, interval.high], [row, row], color=BLUE, lw=1.8)
            panel.plot(interval.value, row, "o", color=BLUE)
            panel.annotate(
                str(interval),
                (1.02, row),
                xycoords=("axes fraction", "data"),
                va="center",
                fontsize=9,
            )
        for name, value in published.items():
            row = list(names).index(name)
            panel.plot(value, row, "D", mfc="none", color=ORANGE, label="published")
        if published:
            _legend_once(panel)
        panel.set_yticks(rows, names)
        panel.set_ylim(len(names) - 0.4, -0.6)  # first system on top
        panel.tick_params(axis="y", length=0)
        panel.spines["left"].set_visible(False)
        panel.grid(axis="x", color="#ebecee", linewidth=0.8)
        panel.set_axisbelow(True)
        panel.set_xlabel(f"{label} with {_levels(intervals)} interval")
        figure.suptitle(title, fontweight="bold")
    return pathlib.Path(path)


def plot_weight_curve(
    weights: Sequence[float],
    ua: Sequence[Sequence[float]],
    path: str | os.PathLike,
    chance: float | None = None,
    title: str = "",
) -> pathlib.Path:
    """Path of the unweighted accuracy against the weight of transfer.

    A dot is one fold or seed, the line their mean, the bars one sample deviation.
    Weight 0, training without transfer, is the level to reach: a horizontal line
    with its deviation as a band.

    Args:
        weights: W_AT, each once; 0 is no transfer, the others lie on a logarithmic
            axis.
        ua: values over folds or seeds of each weight, in [0, 1].
        path: of the picture.
        chance: value of guessing, a dotted line.
        title: above the picture.

    Raises:
        ValueError: if weights are negative, repeated or none is above 0, or one has
            no value.
    """
    values = _by_weight(weights, ua)
    positive = sorted(weight for weight in values if weight > 0)
    means = [np.mean(values[weight]) for weight in positive]
    spread = [_deviation(values[weight]) for weight in positive]
    with sheet(path, 6.4, 4.0) as figure:
        panel = figure.subplots()
        if 0 in values:
            level, margin = np.mean(values[0]), _deviation(values[0])
            panel.axhspan(level - margin, level + margin, color=GREY, alpha=0.35, lw=0)
            panel.axhline(level, color=INK, linestyle="--", lw=1, label="no transfer")
        if chance is not None:
            panel.axhline(chance, color=INK, linestyle=":", lw=1, label="chance")
        for weight in positive:
            dots = [weight] * len(values[weight])
            panel.plot(dots, values[weight], ".", color=BLUE, alpha=0.35)
        panel.errorbar(
            positive, means, yerr=spread, fmt="o-", color=BLUE, capsize=3, label="mean"
        )
        panel.set_xscale("log")
        panel.set_xticks(positive, [f"{weight:g}" for weight in positive])
        panel.minorticks_off()
        panel.set(xlabel="weight of transfer", ylabel="UA", title=title)
        panel.grid(axis="y", color="#ebecee", linewidth=0.8)
        panel.set_axisbelow(True)
        panel.legend(fontsize=9)
    return pathlib.Path(path)


def _by_weight(weights, ua) -> dict[float, np.ndarray]:
    if len(weights) != len(ua):
        raise ValueError(
            "`weights` and `ua` must be equally many. "
            f"Received: {len(weights)} and {len(ua)}."
        )
    values = {
        float(weight): np.asarray(each, dtype="float64")
        for weight, each in zip(weights, ua, strict=True)
    }
    if len(values) != len(weights) or min(values, default=0) < 0 or not any(values):
        raise ValueError(
            "`weights` must be different, none negative and one above 0. "
            f"Received: {list(weights)}."
        )
    for weight, each in values.items():
        if each.ndim != 1 or not each.size or not np.isfinite(each).all():
            raise ValueError(
                "`ua` must hold finite values over folds or seeds for each weight. "
                f"Received: {each.tolist()} for weight {weight:g}."
            )
    return values


def _deviation(values: np.ndarray) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def _levels(intervals: Sequence[Interval]) -> str:
    kinds = {(each.level, each.unit) for each in intervals}
    if len(kinds) > 1:
        return "bootstrap"
    ((level, unit),) = kinds
    return f"{level:.0%} {unit}-bootstrap"


def _legend_once(panel) -> None:
    handles, labels = panel.get_legend_handles_labels()
    first = dict(zip(labels, handles, strict=True))
    panel.legend(first.values(), first.keys(), fontsize=9)
