"""Options that `python -m benchmarks` and `benchmarks/check.py` share."""

import argparse
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from benchmarks import cases
from benchmarks.performance.running import run_case
from benchmarks.performance.side import Options


def make_parser(description: str, **words) -> argparse.ArgumentParser:
    """Parser with what decides a run."""
    parser = argparse.ArgumentParser(description=description, **words)
    parser.add_argument("names", nargs="*", metavar="CASE", help="all when none is")
    parser.add_argument("--cases", nargs="+", default=[], metavar="CASE", help="same")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="small, does it run?")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument(
        "--manifests",
        nargs="+",
        default=[],
        metavar="CSV",
        help="of real speech, made by `satn prepare`; noise where none is named",
    )
    parser.add_argument("--utterances", type=int, help="of an epoch; all when absent")
    parser.add_argument("--model", help="name of a preset, or folder of a model")
    parser.add_argument(
        "--folder", help="keeps what the cases make, exported models for one"
    )
    parser.add_argument(
        "--rivals",
        default="",
        metavar="PYTHON",
        help="interpreter with requirements/benchmarks.txt; this one when absent",
    )
    return parser


def chosen_cases(parser, given) -> list[str]:
    """Names of the cases to run; an unknown one ends the program with one line."""
    wanted = list(dict.fromkeys([*given.names, *given.cases])) or cases.names()
    for name in wanted:
        if name not in cases.names():
            parser.error(f"CASE: one of {', '.join(cases.names())}. Received: {name}.")
    if given.rounds < 1 or given.cores < 1:
        parser.error("--rounds, --cores: at least 1.")
    if given.utterances is not None and given.utterances < 1:
        parser.error("--utterances: at least 1; all when absent.")
    if given.rivals and not shutil.which(given.rivals):
        parser.error(f"--rivals: no such program: {given.rivals}. Name a Python.")
    for path in given.manifests:
        if not pathlib.Path(path).is_file():
            parser.error(f"--manifests: no such file: {path}.")
    return wanted


def run_cases(wanted, given, keep) -> None:
    """Run each case, and hand its result to `keep` at once.

    A case that cannot be prepared is left out, with one line.
    """
    with contextlib.ExitStack() as stack:
        folder = given.folder or stack.enter_context(
            tempfile.TemporaryDirectory(prefix="benchmarks-")
        )
        os.makedirs(folder, exist_ok=True)
        options = Options(
            rounds=1 if given.quick else given.rounds,
            quick=given.quick,
            manifests=tuple(os.path.abspath(path) for path in given.manifests),
            utterances=given.utterances,
            model=given.model,
            cores=given.cores,
            rivals=given.rivals,
            folder=pathlib.Path(folder).absolute(),
        )
        for name in wanted:
            _tell(f"{name}:")
            try:
                result = run_case(name, cases.load(name), options, tell=_tell)
            except (SystemExit, subprocess.CalledProcessError) as error:
                _tell(f"  left out: {error}")  # what it needs could not be made
                continue
            keep(result)


def _tell(line):
    print(line, file=sys.stderr, flush=True)
