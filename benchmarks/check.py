"""Whether this package fell behind its rivals since the stored results.

    python benchmarks/check.py [CASE ...] [--rivals PYTHON] [--manifests CSV ...]

Measures the cases anew, with the options of `python -m benchmarks`, and compares each
ratio with the one in benchmarks/results. Names every ratio that fell by more than 15 %
and ends with code 1 if one did. Ratios are compared, not times, so that another
machine or another load matters little; give it the same input as the stored run had.
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from benchmarks.performance.command_line import (  # noqa: E402
    chosen_cases,
    make_parser,
    run_cases,
)
from benchmarks.performance.regression import ALLOWED, falls, unseen  # noqa: E402
from benchmarks.performance.store import (  # noqa: E402
    RESULTS,
    read_results,
    write_result,
)


def main(words=None):
    parser = make_parser(
        __doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="check"
    )
    parser.add_argument("--stored", type=pathlib.Path, default=RESULTS)
    parser.add_argument(
        "--fresh", type=pathlib.Path, help="compare with this, run none"
    )
    parser.add_argument(
        "--keep", type=pathlib.Path, help="folder for the fresh results"
    )
    given = parser.parse_args(words)
    wanted = chosen_cases(parser, given)
    stored = read_results(given.stored, wanted)
    if not stored:
        parser.error(f"--stored: no result of {', '.join(wanted)} in {given.stored}.")
    names = [result["case"] for result in stored]
    fresh = read_results(given.fresh, names) if given.fresh else measure(names, given)
    return tell(stored, fresh)


def measure(names, given):
    """Fresh results of the cases, kept where they are wanted."""
    fresh = []

    def keep(result):
        fresh.append(result)
        if given.keep:
            write_result(result, given.keep)

    run_cases(names, given, keep)
    return fresh


def tell(stored, fresh):
    """Print what fell and what was not seen; the program's exit code."""
    fallen = falls(stored, fresh)
    for line in [*fallen, *unseen(stored, fresh)]:
        print(line)
    if not fallen:
        print(f"No ratio fell by more than {ALLOWED:.0%}.")
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
