"""Learning curves of one training, and of all folds of an experiment."""

from __future__ import annotations

import contextlib
import math
import os
import pathlib
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from satn_keras.evaluation.canvas import BLUE, GREY, ORANGE, sheet

PARTS = {"": ("training", GREY), "val_": ("validation", BLUE)}


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
    logged = _logged(history)
    names = _quantities([logged])
    with _panels(names, path, title) as panels:
        for panel, name in zip(panels, names, strict=True):
            _curves(panel, logged, name, selected)
    return pathlib.Path(path)


def plot_histories(
    histories: Mapping[str, pd.DataFrame],
    path: str | os.PathLike,
    selected: Mapping[str, int | None] | None = None,
    title: str = "",
) -> pathlib.Path:
    """Path of the learning curves of several folds, a panel for each quantity.

    Each fold is a thin line, the mean a thick one. The mean ends where the first
    fold ends: beyond, it would be that of the folds that happened to go on.

    Args:
        histories: fold to its history, as `plot_history` takes it.
        path: of the picture.
        selected: fold to the epoch whose weights were kept: a dot on its line of
            the validation part, or of the training part where there is no other.
        title: above all panels.

    Raises:
        ValueError: if no quantity was logged, or `selected` names another fold.
    """
    selected = selected or {}
    for fold in selected:
        if fold not in histories:
            raise ValueError(
                f"`selected` must name folds of `histories`. Received: {fold!r}."
            )
    logged = {fold: _logged(history) for fold, history in histories.items()}
    names = _quantities(list(logged.values()))
    with _panels(names, path, title) as panels:
        for panel, name in zip(panels, names, strict=True):
            _folds(panel, logged, name, selected)
    return pathlib.Path(path)


def _logged(history: pd.DataFrame) -> pd.DataFrame:
    """Quantities that were logged at all, by epoch."""
    if "epoch" in history:
        history = history.set_index("epoch")
    return history.dropna(axis="columns", how="all")


def _quantities(histories: Sequence[pd.DataFrame]) -> list[str]:
    columns = [name for logged in histories for name in logged]
    return list(dict.fromkeys(name.removeprefix("val_") for name in columns))


@contextlib.contextmanager
def _panels(names: list[str], path, title: str) -> Iterator[list]:
    """One panel a quantity, three beside each other."""
    if not names:
        raise ValueError("`history` must hold at least one logged quantity.")
    columns = min(3, len(names))
    rows = math.ceil(len(names) / columns)
    with sheet(path, max(4.6, 3.5 * columns), 2.5 * rows + 0.5) as figure:
        panels = list(figure.subplots(rows, columns, squeeze=False).flat)
        for panel in panels[len(names) :]:
            panel.remove()
        yield panels[: len(names)]
        figure.suptitle(title, fontweight="bold")


def _curves(panel, logged: pd.DataFrame, name: str, selected: int | None) -> None:
    for prefix, (part, colour) in PARTS.items():
        if prefix + name in logged:
            values = logged[prefix + name].dropna()
            _line(panel, values, colour, part, 1.8)
    if selected is not None:
        panel.axvline(
            selected, color=ORANGE, linewidth=1, linestyle="--", label="kept epoch"
        )
    _dress(panel, name, logged.index)


def _folds(panel, logged: Mapping[str, pd.DataFrame], name: str, selected) -> None:
    marked: dict[str, pd.Series] = {}
    for prefix, (part, colour) in PARTS.items():
        lines = {
            fold: each[prefix + name].dropna()
            for fold, each in logged.items()
            if prefix + name in each
        }
        if not lines:
            continue
        for line in lines.values():
            panel.plot(line, color=colour, linewidth=0.7, alpha=0.5)
        mean = pd.DataFrame(lines).dropna().mean(axis="columns")
        _line(panel, mean, colour, f"{part}, mean of {len(lines)}", 2.2)
        marked |= lines  # validation comes last and stays
    dots = [
        (epoch, marked[fold][epoch])
        for fold, epoch in selected.items()
        if fold in marked and epoch in marked[fold].index
    ]
    if dots:
        epochs, values = zip(*dots, strict=True)
        panel.scatter(epochs, values, s=18, color=ORANGE, zorder=3, label="kept epoch")
    _dress(panel, name, max((each.index for each in logged.values()), key=len))


def _line(panel, values: pd.Series, colour: str, label: str, width: float) -> None:
    mark = "o" if len(values) == 1 else ""
    panel.plot(values, color=colour, label=label, linewidth=width, marker=mark)


def _dress(panel, name: str, epochs: pd.Index) -> None:
    panel.set_title(name.replace("_", " "))
    panel.set_xlabel("epoch")
    if len(epochs) > 1:
        panel.xaxis.get_major_locator().set_params(integer=True)
    else:
        panel.set_xticks(epochs)
    panel.ticklabel_format(axis="y", scilimits=(-3, 4))
    panel.grid(axis="y", color="#ebecee", linewidth=0.8)
    panel.set_axisbelow(True)
    panel.legend(fontsize=8, loc="best")
