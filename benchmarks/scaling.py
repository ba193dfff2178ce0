"""Cost against length of utterance, batch, corpus, replicas and worker processes.

    python benchmarks/scaling.py [--quick] [--out docs]

Every figure is the median of several steps of a student in a process of its own
(scaling_measurement.py), which also gives the process's peak memory beyond what it
held before. Writes scaling.json, the tables in scaling.md and figures/scaling.png
below --out. Figures of one run may be compared with each other, not with those of
another machine. A run that was interrupted goes on where it was, from scaling.part.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import socket
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
    "workers": 1,
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
    workers = (1, 2)
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
    rows = [{**settings, "workers": n, "strategy": _strategy(n, True)} for n in workers]
    yield "workers", "train, one batch of 3 s over worker processes", rows


def _strategy(count, of_workers=False):
    if count == 1:
        return "one"
    return "multiworker" if of_workers else "mirrored"


def measure(settings):
    """What scaling_measurement.py says of one setting, in a fresh process.

    Of several workers, which are a process each: the first one's times, the CPU seconds
    of all, and the largest memory.
    """
    settings = {**DEFAULTS, **settings}
    words = [sys.executable, HERE / "scaling_measurement.py", json.dumps(settings)]
    started = [
        subprocess.Popen(
            words,
            env={**os.environ, **place},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for place in _places(settings["workers"])
    ]
    answers = [(*process.communicate(), process.returncode) for process in started]
    for _, errors, code in answers:
        if code:
            last = errors.strip().splitlines()[-1:] or ["killed"]
            return {**settings, "failure": f"exit code {code}: {last[0]}"}
    figures = [json.loads(said.splitlines()[-1]) for said, *_ in answers]
    return {
        **figures[0],
        "cpu_seconds": sum(figure["cpu_seconds"] for figure in figures),
        "peak_gib": max(figure["peak_gib"] for figure in figures),
    }


def _places(workers):
    """Environment that tells each worker its place in the cluster; one needs none."""
    if workers == 1:
        return [{}]
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(workers)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    cluster = {"worker": addresses}
    tasks = [{"type": "worker", "index": index} for index in range(workers)]
    return [{"TF_CONFIG": json.dumps({"cluster": cluster, "task": t})} for t in tasks]


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
