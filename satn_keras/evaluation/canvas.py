"""The sheet that every figure is drawn on: style, opening and saving."""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Iterator

STYLE = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.grid": False,
    "image.cmap": "magma",
    "legend.frameon": False,
    "figure.facecolor": "white",
}
BLUE, ORANGE, GREY = "#1f6fb2", "#d9622b", "#b9bec4"


@contextlib.contextmanager
def sheet(path: str | os.PathLike, width: float, height: float) -> Iterator:
    """A matplotlib figure that is saved at `path` when the block ends well.

    It is drawn by Agg and known to no window system. The file is replaced at
    once or not at all.

    Args:
        path: of the picture; the ending chooses the format (.png, .svg, .pdf).
        width: in inches, at 144 dots an inch.
        height: in inches.

    Raises:
        ImportError: if matplotlib is not installed.
    """
    require_matplotlib()
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    path = pathlib.Path(path)
    part = path.with_name(f".{path.stem}.part{path.suffix or '.png'}")
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), dpi=144, layout="constrained")
        FigureCanvasAgg(figure)
        yield figure
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            figure.savefig(part)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


def require_matplotlib() -> None:
    """Refuse to draw where matplotlib is missing.

    Raises:
        ImportError: naming the extra that brings it.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "Figures need matplotlib, which is not installed. "
            "Install it with: pip install 'satn-keras[report]'"
        ) from error
