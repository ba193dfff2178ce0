"""Cases of `python -m benchmarks`, one module each, found by their file names.

A case is a module with

- `TITLE`, a line for the heading of its table;
- `OURS`, names of the sides that are this package's, the first the one to judge by;
- `sides(options)`, from `Options` to a list of `Side`s, ours and the rivals';
- `AIMS`, optional: list of `Aim`s;
- `describe_input(options)`, optional: what is measured, in words;
- `prepare(options)`, optional: makes what the sides need, in `options.folder`.

A `Side` names a function, "module:function", that is called with the side's
`arguments` in a child process of its own and returns what is timed: a function
without arguments that does the work once, or several by the name of their *point*
(a length, a batch size). All imports of libraries belong inside that function. Its
child has the cores and threads that the options say; the children of a case take
turns, each point of each round after the other. The work may return a dict with
numbers for JSON, its *facts*; of these

- `gflop` and `gbyte` are what the work computes and moves, told as a rate;
- `seconds` stands in for the time on the clock, when only a part counts;
- `audio_seconds` is what it heard, told as a multiple of real time.

A side with a `command` in place of a function is a process whose whole life is timed,
anew in each round.

Modules of cases are imported by the parent, which must stay small: no NumPy and no
TensorFlow at their top.

Example:
    ```python
    from benchmarks.performance.side import Aim, Side

    TITLE = "Sorting a million numbers"
    OURS = ("ours",)
    AIMS = [Aim("list.sort", "ours", 2.0)]


    def sides(options):
        where = "benchmarks.performance_sides.sorting"
        count = 10_000 if options.quick else 1_000_000
        return [
            Side("ours", f"{where}:by_us", {"count": count}),
            Side("list.sort", f"{where}:by_list", {"count": count}, rival=True),
        ]
    ```
"""

import importlib
import pathlib
import pkgutil
import types

FOLDER = pathlib.Path(__file__).parent


def names() -> list[str]:
    """Names of all cases."""
    return sorted(module.name for module in pkgutil.iter_modules([str(FOLDER)]))


def load(name: str) -> types.ModuleType:
    """Module of the case `name`."""
    return importlib.import_module(f"{__name__}.{name}")
