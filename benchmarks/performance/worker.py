"""Child process of one side: makes its work once and does it when it is asked to.

Run as `python -m benchmarks.performance.worker JOB`, JOB in JSON: make, arguments,
versions, cores. A line of standard input is the name of a point; each answer is a
line of JSON. Whatever the side's libraries print goes to standard error.
"""

import contextlib
import importlib
import importlib.metadata
import json
import os
import pathlib
import sys
import time

from benchmarks.peak_memory import peak_bytes

RESET = pathlib.Path("/proc/self/clear_refs")
RESET_PEAK = "5"  # proc(5): the peak becomes what is held now


def main(job):
    """Answer until standard input ends."""
    answers = _own_standard_output()
    with answers:
        try:
            bind(job["cores"])
            versions = {name: _version(name) for name in job["versions"]}
            points = make(job["make"], job["arguments"])
        except (importlib.metadata.PackageNotFoundError, ImportError) as error:
            _say(answers, missing=str(error.name or error))
            return
        _say(answers, points=list(points), versions=versions)
        for line in sys.stdin:
            _say(answers, **measure(points[json.loads(line)]))


def bind(cores):
    """Bind this process to so many cores, before any library starts threads."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    os.environ["OMP_NUM_THREADS"] = str(cores)


def make(name, arguments):
    """Point -> work, from the side's function."""
    module, _, function = name.partition(":")
    made = getattr(importlib.import_module(module), function)(**arguments)
    return {"": made} if callable(made) else made


def measure(work):
    """Seconds on the clock and of the processor, peak memory, and the work's facts."""
    with contextlib.suppress(OSError):
        RESET.write_text(RESET_PEAK, encoding="ascii")
    start, before = time.perf_counter(), time.process_time()
    facts = work()
    seconds, cpu = time.perf_counter() - start, time.process_time() - before
    facts = facts if isinstance(facts, dict) else {}
    return {"seconds": seconds, "cpu_seconds": cpu, "peak_bytes": peak_bytes(), **facts}


def _own_standard_output():
    """The pipe to the parent; descriptor 1 becomes standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _version(name):
    return importlib.metadata.version(name)


def _say(answers, **values):
    answers.write(json.dumps(values) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
