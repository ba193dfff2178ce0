"""Processes of sides: those that live through a case, and those timed as a whole."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[2]
WORKER = "benchmarks.performance.worker"


class SideError(Exception):
    """A side that broke; the message says how, in one line."""


class SideMissingError(SideError):
    """A side one of whose libraries is not installed."""


class Child:
    """Process of a side that makes its work once; points and versions are its answer.

    Args:
        side: with a `make`.
        options: of the run.

    Raises:
        SideMissingError: if a library is not installed.
        SideError: if the process breaks.
    """

    def __init__(self, side, options):
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        job = {
            "make": side.make,
            "arguments": side.arguments,
            "versions": side.versions,
            "cores": side.cores or options.cores,
        }
        self._process = subprocess.Popen(
            [interpreter(side, options), "-m", WORKER, json.dumps(job)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=ROOT,
            env=environment(side),
        )
        try:
            answer = self._answer()
        except SideError:
            self.close()
            raise
        if "missing" in answer:
            self.close()
            raise SideMissingError(f"{answer['missing']} is not installed")
        self.points = answer["points"]
        self.versions = answer["versions"]

    def measure(self, point: str) -> dict:
        """What the work at a point took once.

        Raises:
            SideError: if the process breaks.
        """
        try:
            self._process.stdin.write(json.dumps(point) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended since; what it left says why
        return self._answer()

    def close(self) -> None:
        """End the process."""
        try:
            self._process.communicate()  # its input ends, and so does it
        except BrokenPipeError:
            self._process.wait()
        self._errors.close()

    def _answer(self):
        line = self._process.stdout.readline()
        if line:
            return json.loads(line)
        code = self._process.wait()
        self._errors.seek(0)
        raise SideError(f"exit code {code}: {last_line(self._errors.read())}")


class Command:
    """A side whose process is timed as a whole, with the interface of `Child`."""

    versions = {}

    def __init__(self, side, options):
        self.points = (side.point,)
        python = interpreter(side, options)
        self._words = [python if word == "{python}" else word for word in side.command]
        self._environment = environment(side)
        self._cores = side.cores or options.cores

    def measure(self, point: str) -> dict:
        """From the start of the process to its end.

        Raises:
            SideError: if it ends with another code than 0.
        """
        with tempfile.TemporaryFile("w+", errors="replace") as told:
            start = time.perf_counter()
            # A process is bound as its parent is when it starts.
            before = _bound_to(self._cores)
            try:
                process = subprocess.Popen(
                    self._words,
                    stdin=subprocess.DEVNULL,
                    stdout=told,
                    stderr=told,
                    cwd=ROOT,
                    env=self._environment,
                )
            finally:
                _bind_to(before)
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                told.seek(0)
                why = last_line(told.read())
                raise SideError(f"exit code {process.returncode}: {why}")
        unit = 1 if sys.platform == "darwin" else 1024
        return {
            "seconds": seconds,
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "peak_bytes": used.ru_maxrss * unit,
        }

    def close(self) -> None:
        """Nothing lives on."""


def open_side(side, options):
    """`Child` or `Command`, as the side needs."""
    return (Command if side.command else Child)(side, options)


def interpreter(side, options) -> str:
    """Python of the rivals for a rival, this one for ours."""
    return (side.rival and options.rivals) or sys.executable


def environment(side) -> dict:
    """Variables of a side's process: a CPU alone, and this checkout's package."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    quiet["PYTHONPATH"] = str(ROOT)
    return {**os.environ, **quiet, **side.environment}


def last_line(text: str) -> str:
    """Of what a process said before it broke."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"


def _bound_to(cores):
    """Bind this process, and say what it was bound to."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:cores])
    return before


def _bind_to(places):
    if places is not None:
        os.sched_setaffinity(0, places)
