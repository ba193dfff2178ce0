"""The package beside what could stand in its place, case by case.

    python -m benchmarks [CASE ...] [--rivals PYTHON] [--manifests CSV ...] [--write]

Ours and the rivals' sides of a case take turns, in processes of their own, after a
round to warm up; the figures are medians of the rounds. `--write` keeps each case's
result in benchmarks/results as soon as it is there and makes the tables of
docs/performance.md anew; `--resume HOURS` leaves out the cases that were kept in the
last HOURS. See docs/performance.md.
"""

import argparse
import sys

from benchmarks.performance.command_line import chosen_cases, make_parser, run_cases
from benchmarks.performance.report import tables_of, write_page
from benchmarks.performance.store import is_fresh, read_results, write_result


def main(words=None):
    parser = make_parser(
        __doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="benchmarks"
    )
    parser.add_argument("--write", action="store_true", help="keep results and tables")
    parser.add_argument("--report", action="store_true", help="tables of what is kept")
    parser.add_argument("--resume", type=float, metavar="HOURS", help="see above")
    given = parser.parse_args(words)
    wanted = chosen_cases(parser, given)
    if given.write and given.quick:
        parser.error("--write: quick figures say nothing and are not kept.")
    if given.report:
        write_page(read_results())
        return
    if given.resume is not None:
        kept = read_results(names=wanted)
        done = {result["case"] for result in kept if is_fresh(result, given.resume)}
        wanted = [name for name in wanted if name not in done]

    def keep(result):
        print(tables_of([result]), flush=True)
        if given.write:
            write_result(result)
            write_page(read_results())

    run_cases(wanted, given, keep)


if __name__ == "__main__":
    sys.exit(main())
