"""Cold start, latency, size and parameters of a served student, by format.

    python benchmarks/serving.py [--model satn-nemo] [--wav2vec2 PYTHON] [--rounds 3]

Takes each format that the model's folder holds: Keras, SavedModel (1/), LiteRT
(litert/N) and ONNX (onnx/N). PYTHON is an interpreter with torch and transformers
(requirements/benchmarks.txt); with it wav2vec2-base runs beside, with random weights.
Every figure comes from a process of its own, bound to one core or two; the formats
take turns in each round, and figures are medians of the rounds.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

from satn_keras.experiments.presets import exported_model

SIDES = pathlib.Path(__file__).parent / "serving_sides"
SECONDS = (1, 3, 10, 60)  # of audio
WAV2VEC2 = "wav2vec2-base"
LITERT = {"model": "float32", "model-float16": "float16", "model-int8": "int8"}


def formats(folder, wav2vec2):
    """(kind, path, interpreter, side) of each format there is."""
    ours = (sys.executable, SIDES / "student_side.py")
    found = []
    if (folder / "student.keras").exists():
        found.append(("Keras", folder / "student.keras", *ours))
    numbered = [path for path in folder.glob("*/saved_model.pb")]
    if numbered:
        latest = max(numbered, key=lambda path: int(path.parent.name))
        found.append(("SavedModel", latest.parent, *ours))
    for path in _latest(folder / "litert", "*.tflite"):
        found.append((f"LiteRT {LITERT.get(path.stem, path.stem)}", path, *ours))
    for path in _latest(folder / "onnx", "*.onnx"):
        found.append(("ONNX", path, *ours))
    if wav2vec2:
        found.append((WAV2VEC2, None, wav2vec2, SIDES / "wav2vec2_side.py"))
    return found


def _latest(folder, pattern):
    versions = [path for path in folder.glob("*") if path.name.isdigit()]
    last = max(versions, key=lambda path: int(path.name), default=None)
    return sorted(last.glob(pattern)) if last else []


def size_bytes(path):
    """Bytes of a file, or of the files that a SavedModel is loaded from."""
    if path is None:
        return None
    if path.is_file():
        return path.stat().st_size
    files = [path / "saved_model.pb", *path.glob("variables/*"), *path.glob("assets/*")]
    return sum(file.stat().st_size for file in files if file.is_file())


def measured(kind, path, interpreter, side, cores, repeats):
    """What one process measured."""
    # Keras finds a preset by its folder.
    place = path.parent if kind == "Keras" else path
    job = {
        "kind": kind,
        "path": str(place),
        "cores": cores,
        "seconds": SECONDS,
        "repeats": repeats,
        "began": time.time(),
    }
    root = str(pathlib.Path(__file__).parents[1])
    done = subprocess.run(
        [interpreter, str(side), json.dumps(job)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": root, "CUDA_VISIBLE_DEVICES": "-1"},
    )
    if done.returncode:
        sys.exit(f"{kind}: {done.stderr[-800:]}")
    return json.loads(done.stdout.splitlines()[-1])


def summary(kind, path, cores, rounds):
    """Medians over the rounds; p95 over all their runs together."""
    row = {
        "kind": kind,
        "cores": cores,
        "bytes": size_bytes(path),
        "parameters": rounds[0]["parameters"],
        "cold_seconds": statistics.median(each["cold"] for each in rounds),
    }
    for seconds in map(str, SECONDS):
        middles = [statistics.median(each["latencies"][seconds]) for each in rounds]
        every = sorted(time for each in rounds for time in each["latencies"][seconds])
        row[f"p50_{seconds}"] = statistics.median(middles)
        row[f"p95_{seconds}"] = every[min(len(every) - 1, round(0.95 * len(every)))]
    return row


def table(rows):
    """Markdown: p50 / p95 in milliseconds, and how many times wav2vec2-base takes."""
    heads = " | ".join(f"{seconds} s" for seconds in SECONDS)
    lines = [f"| | cores | MB | parameters | cold start, s | {heads} |"]
    lines.append("| --- " * (5 + len(SECONDS)) + "|")
    beside = {row["cores"]: row for row in rows if row["kind"] == WAV2VEC2}
    for row in rows:
        size = "" if row["bytes"] is None else f"{row['bytes'] / 1e6:.2f}"
        count = "" if row["parameters"] is None else f"{row['parameters']:,}"
        cells = []
        for seconds in SECONDS:
            p50, p95 = row[f"p50_{seconds}"], row[f"p95_{seconds}"]
            cell = f"{1000 * p50:.0f} / {1000 * p95:.0f}"
            if row["kind"] != WAV2VEC2 and row["cores"] in beside:
                ratio = beside[row["cores"]][f"p50_{seconds}"] / p50
                cell += f" ({ratio:.{0 if ratio >= 10 else 1}f} x)"
            cells.append(cell)
        lines.append(
            f"| {row['kind']} | {row['cores']} | {size} | {count} | "
            f"{row['cold_seconds']:.1f} | {' | '.join(cells)} |"
        )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="name of a preset, or folder of a model")
    parser.add_argument("--wav2vec2", help="interpreter with torch and transformers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeats", type=int, nargs=4, default=[20, 20, 10, 4])
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    found = formats(exported_model(options.model), options.wav2vec2)
    rows = []
    for cores in options.cores:
        rounds = {kind: [] for kind, *_ in found}
        for _ in range(options.rounds):
            for each in found:
                rounds[each[0]].append(measured(*each, cores, options.repeats))
                print(each[0], cores, rounds[each[0]][-1], flush=True)
        rows += [summary(kind, path, cores, rounds[kind]) for kind, path, *_ in found]
    print(table(rows))
    if options.out:
        temporary = options.out.with_suffix(".writing")
        temporary.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        temporary.rename(options.out)


if __name__ == "__main__":
    main()
