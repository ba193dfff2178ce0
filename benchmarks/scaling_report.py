"""Tables and picture of what scaling.py measured.

    python benchmarks/scaling_report.py docs

makes both anew from docs/scaling.json.
"""

import json
import math
import pathlib
import re
import sys

from satn_keras.evaluation.canvas import BLUE, GREY, ORANGE, sheet

AXES = {  # setting that grows, heading of its column, what a step is divided by
    "length": ("seconds", "seconds of audio", lambda f: f["seconds"] * f["batch"]),
    "batch": ("batch", "utterances a batch", lambda f: f["seconds"] * f["batch"]),
    "corpus": ("utterances", "utterances", lambda f: f["utterances"]),
    "replicas": ("replicas", "replicas", lambda f: f["seconds"] * f["batch"]),
    "workers": ("workers", "workers", lambda f: f["seconds"] * f["batch"]),
}
UNITS = {"corpus": "ms an utterance"}
COLOURS = {"full": ORANGE, "reach": BLUE, "chunk": "#3b8f4f"}
START, END = "<!-- tables -->", "<!-- end of tables -->"


def write_tables(result, path):
    """Put the tables between the marks of the page, or begin a page with them."""
    tables = f"{START}\n\n{tables_of(result)}\n\n{END}"
    text = path.read_text(encoding="utf-8") if path.exists() else "# Scaling\n\n"
    if START in text:
        pattern = re.compile(f"{re.escape(START)}.*?{re.escape(END)}", re.DOTALL)
        text = pattern.sub(lambda _: tables, text)
    else:
        text = f"{text.rstrip()}\n\n{tables}\n"
    path.write_text(text, encoding="utf-8")


def tables_of(result):
    """One Markdown table a series, with how each column grows from row to row."""
    parts = [f"{result['machine']}, {result['date']}."]
    for series in result["series"]:
        setting, heading, _ = AXES[series["axis"]]
        unit = UNITS.get(series["axis"], "ms a second of audio")
        rows = [
            f"**{series['name'].capitalize()}**",
            "",
            f"| {heading} | {unit} | CPU {unit} | CPU time of a step grows by | "
            "peak GiB | memory grows by |",
            "| ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        before = None
        for figure in series["figures"]:
            rows.append(_row(figure, before, setting, series["axis"]))
            before = figure
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _row(figure, before, setting, axis):
    place = f"{figure[setting]:g}"
    if "failure" in figure:
        return f"| {place} | {figure['failure']} | | | | |"
    share = AXES[axis][2](figure)
    wall, cpu = (1000 * figure[f"{n}_seconds"] / share for n in ("step", "cpu"))
    time = _growth(figure, before, setting, "cpu_seconds")
    memory = _growth(figure, before, setting, "peak_gib")
    peak = f"{figure['peak_gib']:.2f}"
    return f"| {place} | {wall:.3g} | {cpu:.3g} | {time} | {peak} | {memory} |"


def _growth(figure, before, setting, name):
    """Factor since the row above, and the power of the setting that it is."""
    if before is None or min(figure[name], before[name]) <= 0:
        return ""
    factor = figure[name] / before[name]
    power = math.log(factor) / math.log(figure[setting] / before[setting])
    return f"x {factor:.3g} (n^{power:.1f})"


def draw(result, path):
    """Time and memory against length, and time against the other three."""
    with sheet(path, 12.0, 6.6) as figure:
        grid = figure.subplots(2, 3)
        for row, what in enumerate(("train", "predict")):
            _length_panels(grid[row, :2], result, what)
        _other(grid[0, 2], result, "batch", "utterances of 3 s in a batch")
        _other(grid[1, 2], result, "corpus", "utterances in the corpus")
    return path


def _length_panels(panels, result, what):
    names = {"train": "training", "predict": "prediction"}
    for series in result["series"]:
        kind, _, way = series["name"].partition(", ")
        if series["axis"] != "length" or kind != what:
            continue
        way = way.removesuffix(" attention")
        good = [f for f in series["figures"] if "failure" not in f]
        seconds = [f["seconds"] for f in good]
        style = {"color": COLOURS[way], "marker": "o", "markersize": 4, "label": way}
        per_second = [1000 * f["cpu_seconds"] / f["seconds"] for f in good]
        panels[0].loglog(seconds, per_second, **style)
        panels[1].loglog(seconds, [max(f["peak_gib"], 1e-3) for f in good], **style)
    panels[0].set(title=names[what], ylabel="CPU ms a second of audio")
    panels[1].set(title=f"{names[what]}: memory", ylabel="peak GiB")
    panels[0].legend(title="attention")
    for panel in panels:
        panel.set(xlabel="seconds of audio")
        panel.grid(color=GREY, linewidth=0.5, alpha=0.6)


def _other(panel, result, axis, label):
    setting, _, share = AXES[axis]
    for series in result["series"]:
        if series["axis"] == axis:
            good = [f for f in series["figures"] if "failure" not in f]
            panel.loglog(
                [f[setting] for f in good],
                [1000 * f["cpu_seconds"] / share(f) for f in good],
                marker="o",
                markersize=4,
                label=series["name"].partition(", ")[-1 if axis == "corpus" else 0],
            )
    unit = UNITS.get(axis, "ms a second of audio")
    panel.set(xlabel=label, ylabel=f"CPU {unit}", title=axis)
    panel.legend()
    panel.grid(color=GREY, linewidth=0.5, alpha=0.6)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    stored = json.loads((folder / "scaling.json").read_text(encoding="utf-8"))
    write_tables(stored, folder / "scaling.md")
    draw(stored, folder / "figures" / "scaling.png")
