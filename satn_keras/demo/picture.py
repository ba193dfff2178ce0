"""Picture of one sound: spectrogram, course of the posterior, words, attention."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence

import numpy as np

from satn_keras.demo.listening import Heard
from satn_keras.demo.words import Word, shares
from satn_keras.evaluation.canvas import BLUE, GREY, sheet
from satn_keras.features import LogMel

WIDE, NARROW = 9.0, 4.4  # inches, for a desk and for a phone
NUM_MELS = 64
RANGE = 60  # dB below the loudest that the spectrogram shows
LETTER = 0.085  # inches of one letter in nine points
TICKS = (0, 250, 500, 1000, 2000, 4000, 8000)  # Hz
# Okabe & Ito's colours, told apart by colour-blind readers, but for their yellow,
# which is too pale for a line. Dashes tell the classes apart without any colour; the
# likeliest is thick and has none.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = (
    *("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)), (0, (9, 2))),
    *((0, (3, 1, 1, 1, 1, 1)), (0, (2, 2))),
)


def draw_picture(
    heard: Heard,
    path: str | os.PathLike,
    words: Sequence[Word] = (),
    approximate: bool = False,
    narrow: bool = False,
) -> pathlib.Path:
    """Path of the picture of what was heard; all panels share the time axis.

    The posterior of each class is drawn on the spectrogram, the words and their
    shares of the attention below it, and the attention of each frame under the words.

    Args:
        heard: by `hear`.
        path: of the picture, a PNG file.
        words: on the time axis; no band of words when empty.
        approximate: whether the words' places are only in proportion.
        narrow: for a phone.
    """
    width = NARROW if narrow else WIDE
    heights = [3.1, 0.55, 1.25] if words else [3.1, 1.25]
    with sheet(path, width, sum(heights) + 1.5) as figure:
        panels = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
        _spectrogram(panels[0], heard)
        _course(panels[0], heard, columns=3 if narrow else len(heard.probabilities))
        if words:
            _word_band(panels[1], panels, heard, words, width)
            kind = "approximate" if approximate else "aligned"
            panels[1].set_title(f"Words ({kind}), share of attention")
        _attention(panels[-1], heard)
        panels[-1].set(xlabel="time (s)", xlim=(0, heard.seconds))
    return pathlib.Path(path)


def _spectrogram(panel, heard):
    """Grey, so that coloured lines stand out on it."""
    mels = LogMel(heard.sample_rate, window="hann", fft_length=1024, num_mels=NUM_MELS)(
        heard.waveform[np.newaxis]
    )
    decibels = np.asarray(mels)[0].T * 10 / np.log(10)  # (mels, frames)
    panel.imshow(
        decibels,
        aspect="auto",
        origin="lower",
        extent=(0, heard.seconds, 0, NUM_MELS),
        cmap="Greys",
        vmin=decibels.max() - RANGE,
        vmax=decibels.max() + 0.5 * RANGE,  # black stays out of the lines' way
    )
    ticks = [hertz for hertz in TICKS if hertz <= heard.sample_rate / 2]
    places = [_mel(hertz) / _mel(heard.sample_rate / 2) * NUM_MELS for hertz in ticks]
    panel.set_yticks(places, [f"{hertz / 1000:g}" for hertz in ticks])
    panel.set(ylabel="frequency (kHz, mel scale)")


def _mel(hertz):
    return np.log10(1 + hertz / 700)


def _course(panel, heard, columns):
    """Posterior after each beginning, on an axis of its own at the right."""
    from matplotlib.patheffects import Normal, Stroke

    axis = panel.twinx()
    halo = [Stroke(linewidth=4.6, foreground="white"), Normal()]
    order = np.argsort(-heard.course[-1], kind="stable")
    names = list(heard.probabilities)
    for place in order:
        axis.plot(
            heard.steps,
            heard.course[:, place],
            label=names[place],
            color=COLOURS[place % len(COLOURS)],
            linestyle="-" if place == order[0] else DASHES[place % len(DASHES)],
            linewidth=2.6 if place == order[0] else 1.7,
            path_effects=halo if place == order[0] else None,
            zorder=5 if place == order[0] else 4,
            marker="o" if len(heard.steps) == 1 else None,
        )
    axis.set(ylim=(0, 1), ylabel="posterior, heard up to here")
    axis.spines["right"].set_visible(True)
    handles, labels = axis.get_legend_handles_labels()
    rows = -(-len(names) // columns)  # of the legend, below the title
    panel.set_title("Spectrogram and course of the posterior" + rows * "\n")
    panel.legend(
        handles,
        labels,
        loc="lower left",
        bbox_to_anchor=(-0.01, 0.99),
        ncols=columns,
        fontsize=9,
        handlelength=2.6,
        columnspacing=1.2,
        borderaxespad=0.2,
    )


def _word_band(band, panels, heard, words, width):
    """Boxes as dark as their words' attention in a second, against the whole's."""
    parts = shares(words, heard.attention, heard.frames)
    inches = (width - 1.3) / heard.seconds
    for word, part in zip(words, parts, strict=True):
        length = word.end - word.start
        density = part / length * heard.seconds  # 1 is uniform attention
        band.axvspan(word.start, word.end, color=BLUE, alpha=min(0.3 * density, 0.85))
        room = inches * length / max(len(word.text), 4) / LETTER
        band.text(
            (word.start + word.end) / 2,
            0.5,
            f"{word.text}\n{part:.0%}" if room > 0.65 else word.text,
            ha="center",
            va="center",
            fontsize=min(9.0, 9 * room) if room > 0.65 else 6,
            rotation=0 if room > 0.65 else 90,
            clip_on=True,
            in_layout=False,  # a box is as wide as its word is long
            color="white" if 0.3 * density > 0.7 else "#111111",
        )
    edges = {edge for word in words for edge in (word.start, word.end)}
    for panel in panels:
        if panel is not band:
            upright = panel.get_xaxis_transform()  # from the floor to the ceiling
            panel.vlines(sorted(edges), 0, 1, GREY, linewidth=0.6, transform=upright)
    band.set(ylim=(0, 1), yticks=[])
    band.spines[:].set_visible(False)
    band.tick_params(length=0)


def _attention(panel, heard):
    curve = heard.attention * len(heard.attention) / (heard.attention.sum() or 1)
    panel.fill_between(heard.frames, curve, color=BLUE, alpha=0.3, linewidth=0)
    panel.plot(heard.frames, curve, color=BLUE, linewidth=1.4)
    panel.axhline(1, color="#555555", linewidth=1, linestyle="--")
    panel.set(ylabel="x uniform", ylim=(0, max(2.0, 1.05 * float(curve.max()))))
    panel.set_title("Attention of each frame (dashed: uniform)")
