"""Speed and memory of a training step: Keras on JAX beside an equal PyTorch model.

    python benchmarks/accelerator.py --out FOLDER [--sides jax torch tensorflow]

The student's step alone, and with the frozen teacher that it copies; in float32,
TF32 and bfloat16; compiled and not. The models of the sides hold the same weights,
and their outputs, losses and gradients are compared before anything is timed. Each
measurement is a process of its own; the rounds take all of them in turn, so that a
machine that slows down slows them all. Writes FOLDER/accelerator.json and .md.
"""

import argparse
import dataclasses
import importlib.util
import itertools
import json
import os
import pathlib
import statistics
import subprocess
import sys

import numpy as np

from accelerator_sides.task import Task

HERE = pathlib.Path(__file__).parent
NEEDS = {
    "jax": ("jax", "keras", "numpy", "pydantic", "yaml", "threadpoolctl"),
    "torch": ("torch", "numpy"),
    "tensorflow": ("tensorflow", "keras", "pydantic", "yaml", "threadpoolctl"),
}
WHEELS = {"yaml": "PyYAML"}  # where the import has another name
TOLERANCE = 1e-4
TINY = {
    "batch": 3,
    "frames": 37,
    "bands": 5,
    "filters": 8,
    "attention_units": 8,
    "levels": 2,
    "teacher_levels": 3,
    "steps": 2,
    "repeats": 3,
}


def main(arguments=None):
    """Compare, measure, write."""
    options = read_options(arguments)
    refuse_missing(options.sides)
    parts = options.out.resolve() / "measurements"
    parts.mkdir(parents=True, exist_ok=True)
    (parts / "weights.npz").unlink(missing_ok=True)
    sizes = TINY if options.tiny else {"batch": options.batch, "frames": options.frames}
    base = Task("", "", "float32", False, "", str(parts), **sizes)
    for step in ("student", "transfer"):
        compare(dataclasses.replace(base, step=step, goal="compare"), options.sides)
    tasks = list(measurements(base, options))
    rounds = [[run(task) for task in tasks] for _ in range(options.rounds)]
    by_task = zip(*rounds, strict=True)
    rows = [row_of(*pair) for pair in zip(tasks, by_task, strict=True)]
    rows = with_ratios(rows)
    record = {"sizes": dataclasses.asdict(base), "rows": rows}
    (options.out / "accelerator.json").write_text(json.dumps(record, indent=2))
    (options.out / "accelerator.md").write_text(table(rows, base))
    print(table(rows, base))


def read_options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--sides", nargs="+", choices=NEEDS, default=["jax", "torch"])
    parser.add_argument(
        "--precisions",
        nargs="+",
        choices=("float32", "tf32", "bfloat16"),
        default=["float32", "bfloat16"],
        help="tf32 has a meaning on an NVIDIA GPU alone",
    )
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tiny", action="store_true", help="check that all runs")
    parser.add_argument(
        "--uncompiled-jax", action="store_true", help="one operation at a time as well"
    )
    return parser.parse_args(arguments)


def refuse_missing(sides):
    """End with one line that names every wheel that is not there."""
    if sides == ["torch"]:
        sys.exit("accelerator.py: torch takes its weights from jax or tensorflow.")
    wanted = itertools.chain.from_iterable(NEEDS[side] for side in sides)
    missing = [n for n in dict.fromkeys(wanted) if not importlib.util.find_spec(n)]
    if missing:
        wheels = " ".join(WHEELS.get(name, name) for name in missing)
        sys.exit(f"accelerator.py: not installed: {wheels}. pip install {wheels}")


def measurements(base, options):
    """Every combination that says something."""
    for step, precision, side, compiled in itertools.product(
        ("student", "transfer"), options.precisions, options.sides, (False, True)
    ):
        if side == "jax" and not (compiled or options.uncompiled_jax):
            continue  # Keras on JAX is meant to be compiled
        yield dataclasses.replace(
            base,
            side=side,
            step=step,
            precision=precision,
            compiled=compiled,
            goal="measure",
        )


def compare(task, sides):
    """End unless all sides give the same posterior, losses and gradients."""
    first, *others = sorted(sides, key=("jax", "tensorflow", "torch").index)
    wanted = run(dataclasses.replace(task, side=first))
    for side in others:
        found = run(dataclasses.replace(task, side=side))
        if set(found) != set(wanted):
            sys.exit(
                f"{first} and {side} name other values: {set(found) ^ set(wanted)}"
            )
        for name, value in wanted.items():
            apart = float(np.abs(found[name] - value).max())
            if not apart <= TOLERANCE:
                sys.exit(f"{first} and {side} differ by {apart:.1e} in {name}.")
        print(f"{task.step}: {side} equals {first} in {len(wanted)} values.")


def run(task):
    """What a side writes, made in a process of its own."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent)]),
        "KERAS_BACKEND": "tensorflow" if task.side == "tensorflow" else "jax",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    module = f"accelerator_sides.{task.side}_side"
    words = [sys.executable, "-m", module, json.dumps(dataclasses.asdict(task))]
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{task.name} failed:\n{done.stderr[-3000:]}")
    if task.goal == "compare":
        return dict(np.load(f"{task.path}.npz"))
    return json.loads(pathlib.Path(f"{task.path}.json").read_text())


def row_of(task, found):
    """Medians over the rounds."""
    seconds = statistics.median(one["median_seconds"] for one in found)
    return {
        "step": task.step,
        "precision": task.precision,
        "side": {"jax": "Keras on JAX", "torch": "PyTorch"}.get(
            task.side, "Keras on TensorFlow"
        ),
        "compiled": task.compiled,
        "milliseconds": 1e3 * seconds,
        "utterances_per_second": task.batch / seconds,
        "peak_megabytes": statistics.median(one["peak_bytes"] for one in found) / 1e6,
        "peak_of": found[0]["peak_of"],
        "device": found[0]["device"],
        "rounds": [one["seconds"] for one in found],
    }


def with_ratios(rows):
    """Rows with how many times uncompiled PyTorch takes, in the same precision."""
    plain = {
        (row["step"], row["precision"]): row["milliseconds"]
        for row in rows
        if row["side"] == "PyTorch" and not row["compiled"]
    }
    for row in rows:
        of = plain.get((row["step"], row["precision"]))
        row["speed"] = None if of is None else of / row["milliseconds"]
    return rows


def table(rows, task):
    """Markdown table of the medians."""
    lines = [
        f"Batch {task.batch}, {task.frames} frames, {task.filters} filters, on "
        f"{rows[0]['device']}. Speed is that of uncompiled PyTorch's step over the "
        "row's; times are medians over processes.",
        "",
        "| step | precision | side | compiled | ms a step | utterances/s | speed |"
        " peak MB |",
        "| --- | --- | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        speed = "" if row["speed"] is None else f"{row['speed']:.2f}"
        lines.append(
            f"| {row['step']} | {row['precision']} | {row['side']} "
            f"| {'yes' if row['compiled'] else 'no'} | {row['milliseconds']:.2f} "
            f"| {row['utterances_per_second']:.0f} | {speed} "
            f"| {row['peak_megabytes']:.0f} ({row['peak_of']}) |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
