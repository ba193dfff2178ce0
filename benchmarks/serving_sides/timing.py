"""Cold start and latency of one way of running a model; run by each side.

Usage of a side: python SIDE.py JOB, where JOB is JSON: kind, path, cores, began (the
clock when the process was asked for), seconds (of audio) and repeats.
"""

import json
import os
import random
import sys
import time


def read_job():
    """The job; the process is bound to its cores before any library starts threads."""
    job = json.loads(sys.argv[1])
    if job["cores"]:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: job["cores"]])
    return job


def noise(seconds):
    """List of samples at 16 kHz, drawn without NumPy, whose import is timed too."""
    draw = random.Random(3)
    return [draw.uniform(-0.1, 0.1) for _ in range(round(16000 * seconds))]


def measure(job, load):
    """Print what was measured, as JSON.

    Args:
        job: from `read_job`.
        load: makes a function from samples to a posterior, and counts parameters.
    """
    run, parameters = load()
    run(noise(1))  # drawn in some 10 ms
    cold = time.time() - job["began"]
    latencies = {}
    for seconds, repeats in zip(job["seconds"], job["repeats"], strict=True):
        sound = noise(seconds)
        run(sound)  # a length's first run plans memory
        latencies[seconds] = [_timed(run, sound) for _ in range(repeats)]
    print(json.dumps({"cold": cold, "latencies": latencies, "parameters": parameters}))


def _timed(run, sound):
    start = time.perf_counter()
    run(sound)
    return time.perf_counter() - start
