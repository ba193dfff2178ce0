"""Exported models that several cases run."""

import subprocess
import sys

from benchmarks.performance.children import ROOT

SCRIPT = "benchmarks.performance_sides.exporting"
LAST = "twin.npz"  # of the files that are made


def export_models(options) -> None:
    """Make them in the run's folder, by a process of its own; what is there stays."""
    if (options.folder / LAST).exists():
        return
    words = [sys.executable, "-m", SCRIPT, str(options.folder)]
    if options.model:
        words.append(options.model)
    subprocess.run(words, cwd=ROOT, check=True, stdout=sys.stderr)
