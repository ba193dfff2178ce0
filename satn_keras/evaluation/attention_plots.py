"""Pictures of attention on the time axis: teacher beside student, alignment."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from satn_keras.evaluation.canvas import BLUE, GREY, ORANGE, sheet
from satn_keras.evaluation.posterior_panel import check_posterior, draw_posterior


def plot_attention(
    spectrogram: Any,
    student: Any,
    path: str | os.PathLike,
    teacher: Any = None,
    phones: Sequence[tuple[str, float]] = (),
    hop_seconds: float = 0.010,
    title: str = "",
    posterior: Any = None,
    classes: Sequence[str] = (),
    posterior_seconds: Any = None,
) -> pathlib.Path:
    """Path of attention maps below the spectrogram that they attend to.

    A map of one row is drawn as a curve against uniform attention, a map of
    one row a frame as an image; two images stand side by side, each below a
    spectrogram of its own. All panels share the time axis; a map with fewer
    frames than the spectrogram is stretched over it.

    Args:
        spectrogram: (frames, mels), any unit.
        student: (frames,) or (frames, frames), queries in rows; non-negative.
        path: of the picture.
        teacher: a map as `student`, where there is one.
        phones: (phone, seconds from the start), as `phone_times` gives them.
        hop_seconds: from one frame to the next.
        title: above all panels.
        posterior: (steps, classes), what the student says after hearing up to
            each step; a panel below the student's map.
        classes: names of the columns of `posterior`.
        posterior_seconds: (steps,), seconds heard at each step; evenly spread
            over the utterance when absent.
    """
    spectrogram = _numbers(spectrogram, "spectrogram", ndims=(2,))
    maps = {"student": _numbers(student, "student", ndims=(1, 2))}
    if teacher is not None:
        maps = {"teacher": _numbers(teacher, "teacher", ndims=(1, 2)), **maps}
    seconds = len(spectrogram) * hop_seconds
    if posterior is not None:
        posterior = check_posterior(posterior, classes, posterior_seconds, seconds)
    columns = [maps]
    if len(maps) == 2 and all(part.ndim == 2 for part in maps.values()):
        columns = [{name: part} for name, part in maps.items()]
    heights = [1.5] + ([0.34] if phones else [])
    heights += [1.1 if part.ndim == 1 else 3.2 for part in columns[0].values()]
    heights += [1.3] if posterior is not None else []
    width = float(np.clip(3 * seconds, 8, 15))
    width = width if len(columns) == 1 else max(11.0, width)

    with sheet(path, width, sum(heights) + 1.2) as figure:
        grid = figure.subplots(
            len(heights),
            len(columns),
            sharex="col",
            height_ratios=heights,
            squeeze=False,
        )
        top = max([1.05 * _shares(part).max() for part in maps.values()])
        for panels, parts in zip(grid.T, columns, strict=True):
            _column(panels, spectrogram.T, parts, phones, seconds, top)
        lowest = grid[-1].copy()
        if posterior is not None:
            draw_posterior(grid[-1, -1], posterior[0], classes, posterior[1])
            for column in range(len(columns) - 1):  # a teacher has no posterior
                grid[-1, column].remove()
                lowest[column] = grid[-2, column]
                lowest[column].tick_params(labelbottom=True)
        for panel in lowest:
            panel.set_xlabel("time (s)")
        figure.suptitle(title, fontweight="bold")
    return pathlib.Path(path)


def plot_alignment(
    weights: Any,
    path: str | os.PathLike,
    tokens: Sequence[str] = (),
    hop_seconds: float = 0.010,
    title: str = "",
) -> pathlib.Path:
    """Path of a decoder's attention: steps downwards, time to the right.

    A recogniser that listens shows one falling line; one that only guesses
    from its own tokens shows none.

    Args:
        weights: (steps, frames), each row sums to one.
        path: of the picture.
        tokens: (steps,), what each step wrote; numbers when absent.
        hop_seconds: from one frame to the next.
        title: above the picture.
    """
    weights = _numbers(weights, "weights", ndims=(2,))
    if len(tokens) not in (0, len(weights)):
        raise ValueError(
            "`tokens` must name one token a step. "
            f"Received: {len(tokens)} for {len(weights)} steps."
        )
    seconds = weights.shape[1] * hop_seconds
    height = float(np.clip(0.17 * len(weights) + 1.2, 2.6, 14))
    with sheet(path, float(np.clip(3 * seconds, 6, 13)), height) as figure:
        panel = figure.subplots()
        image = _image(panel, weights, seconds, (len(weights), 0))
        if tokens:
            steps = np.arange(len(weights)) + 0.5
            panel.set_yticks(steps, tokens, fontsize=8)
            panel.tick_params(axis="y", length=0)
        panel.set(xlabel="time (s)", ylabel="decoder step", title=title)
        figure.colorbar(image, ax=panel, label="weight", pad=0.01, fraction=0.03)
    return pathlib.Path(path)


def phone_times(
    weights: Any, tokens: Sequence[str], hop_seconds: float = 0.010
) -> list[tuple[str, float]]:
    """Each token with the middle of the frame it attends to most, in seconds.

    Args:
        weights: (steps, frames), the teacher's alignment.
        tokens: (steps,), what each step wrote.
        hop_seconds: from one frame to the next.

    Example:
        >>> phone_times([[0.9, 0.1, 0.0], [0.0, 0.2, 0.8]], ["N", "OW"], 0.5)
        [('N', 0.25), ('OW', 1.25)]
    """
    peaks = _numbers(weights, "weights", ndims=(2,)).argmax(axis=1)
    return [
        (token, (int(peak) + 0.5) * hop_seconds)
        for token, peak in zip(tokens, peaks, strict=True)
    ]


def _numbers(values: Any, name: str, ndims: tuple[int, ...]) -> np.ndarray:
    values = np.asarray(values, dtype="float64")
    if values.ndim not in ndims or not values.size:
        wanted = " or ".join(str(ndim) for ndim in ndims)
        raise ValueError(
            f"`{name}` must have {wanted} dimensions and at least one frame. "
            f"Received: shape={values.shape}."
        )
    if not np.isfinite(values).all():
        raise ValueError(f"`{name}` must be finite.")
    return values


def _column(panels, spectrogram, maps, phones, seconds: float, top: float) -> None:
    """Spectrogram, phones and maps, from the top of one column."""
    _image(panels[0], spectrogram, seconds, (0, len(spectrogram)))
    panels[0].set(ylabel="mel band", title="log-mel spectrogram", xlim=(0, seconds))
    if phones:
        _phone_band(panels[1], panels, phones)
    for panel, (name, part) in zip(
        panels[2 if phones else 1 :], maps.items(), strict=False
    ):
        if part.ndim == 1:
            _curve(panel, part, seconds, name, top)
        else:
            _image(panel, part, seconds, (0, seconds))
            panel.set(title=name, ylabel="query (s)")


def _shares(curve: np.ndarray) -> np.ndarray:
    """`curve` as multiples of uniform attention."""
    total = curve.sum()
    return curve * curve.size / total if total > 0 else curve


def _curve(panel, curve: np.ndarray, seconds: float, name: str, top: float) -> None:
    middles = (np.arange(curve.size) + 0.5) * seconds / curve.size
    colour = ORANGE if name == "teacher" else BLUE
    panel.fill_between(middles, _shares(curve), color=colour, alpha=0.25, linewidth=0)
    panel.plot(middles, _shares(curve), color=colour, linewidth=1.4)
    panel.axhline(1, color=GREY, linewidth=0.9, linestyle="--", zorder=0)
    panel.set(title=name, ylabel="x uniform", ylim=(0, top))


def _image(panel, values: np.ndarray, seconds: float, vertical: tuple):
    return panel.imshow(
        values,
        aspect="auto",
        interpolation="nearest",
        extent=(0, seconds, *vertical),
        origin="lower" if vertical[0] < vertical[1] else "upper",
    )


def _phone_band(band, panels, phones: Sequence[tuple[str, float]]) -> None:
    # Neighbours stand on two lines, since phones may be 50 ms apart.
    for index, (phone, time) in enumerate(sorted(phones, key=lambda pair: pair[1])):
        band.text(
            time,
            0.75 if index % 2 else 0.2,
            phone,
            ha="center",
            va="center",
            fontsize=8,
            clip_on=True,
        )
        for panel in panels:
            if panel is not band:
                panel.axvline(time, color=GREY, linewidth=0.5, alpha=0.6)
    band.set(ylim=(0, 1), yticks=[])
    band.spines[:].set_visible(False)
    band.tick_params(length=0)
