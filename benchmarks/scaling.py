"""Cost against length of utterance, batch, size of corpus and number of replicas.

    python benchmarks/scaling.py [--quick] [--out docs]

Every figure is the median of several steps of a student in a process of its own
(scaling_measurement.py), which also gives the process's peak memory beyond what it
held before. Writes scaling.json, the tables in scaling.md and figures/scaling.png
below --out. Figures of one run may be compared with each other, not with those of
another machine. A run that was interrupted goes on where it was, from scaling.part.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

from scaling_report import draw, write_tables

HERE = pathlib.Path(__file__).parent
REACH, CHUNK = 150, 128  # frames: 1.5 s to each side; queries at a time
DEFAULTS = {  # of every measurement
    "what": "train",
    "seconds": 3.0,
    "batch": 1,
    "filters": 128,
    "reach": None,
    "chunk": None,
    "strategy": "one",
    "replicas": 1,
    "utterances": 0,
    "cache": "memory",
}
WAYS = {"full": {}, "reach": {"reach": REACH}, "chunk": {"chunk": CHUNK}}
# Seconds of audio; of what is left out beyond them a step takes minutes, or more
# memory than a small machine has.
LONGEST = {"train": {"full": 120, "chunk": 120}, "predict": {"full": 120}}


def plan(quick):
    """Series of measurements: name to lists that grow along their axis."""
    lengths = (1, 4) if quick else (1, 10, 60, 120, 300, 600)
    sizes = {"filters": 8 if quick else 128}
    batches = (1, 4) if quick else (1, 8, 64)
    corpora = (20, 40) if quick else (100, 1000, 5000)
    replicas = (1, 2) if quick else (1, 2, 4)
    for what in ("train", "predict"):
        for way, options in WAYS.items():
            if quick and way == "chunk":
                continue
            name = f"{what}, {way} attention"
            settings = {"what": what, **sizes, **options}
            most = LONGEST[what].get(way, lengths[-1])
            rows = [{**settings, "seconds": s} for s in lengths if s <= most]
            yield "length", name, rows
        batch = [{"what": what, **sizes, "batch": count} for count in batches]
        yield "batch", f"{what}, utterances of 3 s", batch
    for cache in ("memory",) if quick else ("memory", "disk", "none"):
        settings = {"what": "read", "seconds": 1.0, "batch": 32, "cache": cache}
        rows = [{**settings, "utterances": count} for count in corpora]
        rows = rows[:2] if cache == "none" else rows  # which decodes all audio anew
        yield "corpus", f"epoch of the pipeline, cache: {cache}", rows
    settings = {"what": "train", **sizes, "batch": 4 if quick else 32}
    rows = [{**settings, "replicas": n, "strategy": _strategy(n)} for n in replicas]
    yield "replicas", "train, one batch of 3 s over the replicas", rows


def _strategy(replicas):
    return "one" if replicas == 1 else "mirrored"


def measure(settings):
    """What scaling_measurement.py says of one setting, in a fresh process."""
    whole = json.dumps({**DEFAULTS, **settings})
    words = [sys.executable, HERE / "scaling_measurement.py", whole]
    answer = subprocess.run(words, capture_output=True, text=True)
    if answer.returncode:
        last = answer.stderr.strip().splitlines()[-1:] or ["killed"]
        return {**settings, "failure": f"exit code {answer.returncode}: {last[0]}"}
    return json.loads(answer.stdout.splitlines()[-1])


def measure_series(rows, part):
    """Figures of the rows, up to the first that fails; `part` keeps each at once."""
    figures = []
    for settings in rows:
        figure = _measured(settings, part) or measure(settings)
        with part.open("a", encoding="utf-8") as file:
            print(json.dumps(figure), file=file)
        print(json.dumps(figure), flush=True)
        figures.append(figure)
        if "failure" in figure:
            break
    return figures


def _measured(settings, part):
    """Figure of these settings that an interrupted run left behind, or None."""
    if part.exists():
        for line in part.read_text(encoding="utf-8").splitlines():
            figure = json.loads(line)
            if figure == {**figure, **DEFAULTS, **settings} and "failure" not in figure:
                return figure
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="tiny sizes, for a test")
    parser.add_argument("--out", type=pathlib.Path, default=HERE.parent / "docs")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    part = arguments.out / "scaling.part"
    series = [
        {"axis": axis, "name": name, "figures": measure_series(rows, part)}
        for axis, name, rows in plan(arguments.quick)
    ]
    result = {
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "date": time.strftime("%Y-%m-%d"),
        "reach": REACH,
        "chunk": CHUNK,
        "series": series,
    }
    (arguments.out / "scaling.json").write_text(
        json.dumps(result, indent=1) + "\n", encoding="utf-8"
    )
    write_tables(result, arguments.out / "scaling.md")
    draw(result, arguments.out / "figures" / "scaling.png")
    part.unlink()


if __name__ == "__main__":
    main()
