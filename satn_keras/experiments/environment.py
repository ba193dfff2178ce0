"""What a run ran on, for `environment.json`."""

from __future__ import annotations

import importlib.metadata
import os
import pathlib
import platform
import subprocess
import sys
from typing import Any

from satn_keras import __version__

PACKAGES = ("tensorflow", "keras", "numpy", "soundfile", "soxr", "pandas")


def describe_environment() -> dict[str, Any]:
    """Versions, commit, host and devices of this process, for `environment.json`."""
    import tensorflow as tf  # a run folder is also opened where none is loaded

    return {
        "satn_keras": __version__,
        "commit": _commit(),
        "python": sys.version.split()[0],
        "host": platform.node(),
        "platform": platform.platform(),
        "devices": [device.name for device in tf.config.list_physical_devices()],
        "cores": os.cpu_count(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str | None:
    """Version of an installed package; None where a variant has another name."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """Commit of a source checkout; None for an installed package."""
    root = pathlib.Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    try:
        result = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return result.stdout.strip()
