"""What the measurements were taken on."""

import os
import pathlib
import platform
import re
import subprocess

ROOT = pathlib.Path(__file__).parents[2]


def machine() -> str:
    """Processor, cores that may be used, memory and Python, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    return (
        f"{processor()}, {cores or os.cpu_count()} cores, {memory_gib():.0f} GiB, "
        f"Python {platform.python_version()}"
    )


def processor() -> str:
    """Name of the processor."""
    path = pathlib.Path("/proc/cpuinfo")
    if path.exists():
        named = re.search(r"model name\s*: (.+)", path.read_text("utf-8"))
        if named:
            return named.group(1)
    return platform.processor() or platform.machine()


def load_average() -> float:
    """Processes that wanted a core over the last minute: other work, at the start."""
    return os.getloadavg()[0]


def memory_gib() -> float:
    """Memory of the machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def commit() -> str:
    """Of the checkout, with a `+` where files differ from it; empty without Git."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return found.stdout.strip()
